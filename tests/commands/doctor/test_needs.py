"""What the doctor adds up for a recipe is what the recipe's own training methods take."""

from pathlib import Path

import pytest

from secondhalf.commands.doctor.needs import needs
from secondhalf.commands.doctor.training import trainings
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.train.resources.device import Device
from secondhalf.train.resources.estimate import METHODS
from support.recipes import tiny_recipe

ENDLESS = Device("a test", 1e15, 1e14, True)


def recipe(folder: Path, method: str, **more: str) -> Recipe:
    """The tiny recipe with a large student and one arm that is trained by a method, all else of it left to the defaults."""
    path = tiny_recipe(
        folder / f"{method}.yaml",
        "hf:meta-llama/Meta-Llama-3-8B@main",
        corpus={"sample": 400, "section_words": None},
        clean=None,
        split=None,
        teach={"sampling": None},
        data={"original": None},
        train=None,
        arms={"original": None, "taught": {"compare_to": None, "train": {"method": method, **more}}},
        evaluate=None,
        report=None,
    )
    return load_recipe(path)


def findings(recipe: Recipe, folder: Path, memory: float) -> dict[str, tuple[str, bool]]:
    device = Device("a test", memory, 1e14, True)
    rows = needs(recipe, folder / "store", [], trainings(recipe, [], device), device)
    return {row.what: (row.message, row.ready) for row in rows}


@pytest.mark.parametrize("method", METHODS)
def test_memory_and_hours_are_those_of_the_recipes_method(tmp_path: Path, method: str) -> None:
    own = recipe(tmp_path, method)
    (row,) = [row for row in trainings(own, [], ENDLESS) if row.method == method]
    enough, short = (findings(own, tmp_path, row.least * share) for share in (1.01, 0.99))
    assert (enough["memory"][1], short["memory"][1]) == (True, False)
    assert f"{row.least / 1e9:.1f} GB to train" in enough["memory"][0]
    assert f"{row.hours:.1f} to train" in findings(own, tmp_path, ENDLESS.memory)["hours"][0]


def test_without_checkpointing_all_activations_have_to_fit(tmp_path: Path) -> None:
    own = recipe(tmp_path, "full", gradient_checkpointing="off")
    (row,) = [row for row in trainings(own, [], ENDLESS) if row.method == "full"]
    assert row.memory > row.least
    assert not findings(own, tmp_path, (row.memory + row.least) / 2)["memory"][1]
    assert findings(own, tmp_path, row.memory * 1.01)["memory"][1]
