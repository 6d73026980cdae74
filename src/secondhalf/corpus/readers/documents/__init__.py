"""Documents as offices have them, one form a file: their running text, without what stands around it on a page.

Headers, footers and page numbers are left out, and so are rows of figures and labels: a pair's halves are cut from running
text. Macros, formulas, scripts, comments, attachments and what is linked are never run, opened or followed.
"""
