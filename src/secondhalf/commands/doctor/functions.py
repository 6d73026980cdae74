"""Whether the functions of your own that a recipe names are there. Their modules are imported, nothing is called."""

from secondhalf.commands.doctor.finding import Finding
from secondhalf.errors import UserError
from secondhalf.extensions.function import load_function
from secondhalf.recipe import Recipe


def functions(recipe: Recipe) -> list[Finding]:
    """Every function, with the hash of its module's file."""
    results = []
    for field, path in recipe.functions():
        try:
            source = load_function(path, field, again=True).source
        except UserError as error:
            results.append(Finding(field, str(error), False))
        else:
            results.append(Finding(field, f"{path}, hash {source[:12]}", True))
    return results
