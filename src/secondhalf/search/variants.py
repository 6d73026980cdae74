"""A recipe under a setting: what every trial of a search, and every setting of a sweep, is."""

import json
from collections.abc import Sequence
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_overrides
from secondhalf.search.axes import Setting

# Benchmarks have no part to choose on.
TO_CHOOSE = ("evaluate.part=choose", "evaluate.benchmarks=[]")


def variant(path: Path, overrides: Sequence[str], setting: Setting, name: str, always: Sequence[str]) -> Recipe:
    """The recipe of a file under `overrides`, then `setting`, then `always`. Raises UserError where it does not fit together."""
    sets = [f"{field}={value}" for field, value in setting.items()]
    return load_recipe(path, read_overrides([*overrides, *sets, *always, f"name={name}"]))


def content(recipe: Recipe) -> str:
    """What decides the recipe's results, its name aside: equal for equal recipes."""
    return json.dumps(recipe.deciding("run") | {"name": ""}, sort_keys=True)


def check_different(recipes: Sequence[Recipe]) -> None:
    """Raises UserError where two of the recipes are one."""
    if len({content(recipe) for recipe in recipes}) < len(recipes):
        raise UserError(
            "--over: some settings come to the same recipe (an arm may set the field itself): leave them out."
        )


def trained_arms(recipe: Recipe) -> list[str]:
    """The arms that are trained on data sets of their own, controls aside."""
    return [
        name
        for name, arm in recipe.arms.items()
        if arm.data and not any(recipe.data[used].teach.like for used in arm.data)
    ]
