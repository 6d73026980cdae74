"""How many training seeds an arm's scores rest on: under too few of them, no comparison shows anything."""

from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ARM


def training_seeds(arm: str, other: str, recipe: Recipe) -> tuple[int, int]:
    """Those of `arm` and of `other`; 0 for a model that is not trained.

    A student that is another arm, merged, was trained under one seed, which counts unless both have that student.
    """
    mine, theirs = (recipe.students[recipe.arms[name].student] for name in (arm, other))
    return seeds_behind(arm, recipe, inherited=mine != theirs), seeds_behind(other, recipe, inherited=mine != theirs)


def seeds_behind(arm: str, recipe: Recipe, *, inherited: bool) -> int:
    """The fewest seeds of any training that made the arm, that of its student only where `inherited`; 0: it is not trained."""
    settings = recipe.arms[arm]
    own = [len(settings.train.seeds)] if settings.trained else []
    before = [1] if inherited and recipe.students[settings.student].startswith(ARM) else []
    return min(own + before, default=0)
