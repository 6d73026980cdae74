"""Functions of the user's own, which a recipe names as `my_module:function` beside the built-in names.

Nothing here knows a stage: it finds the module, hashes its file, calls the function, and turns what goes wrong into one row's
reason or, where only a change of the code can mend it, into a UserError.
"""
