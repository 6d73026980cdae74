"""The paper's backbones as recipes: they load, open with their command, and use the paper's templates."""

from pathlib import Path

import pytest

from secondhalf.models.weights.size import known_students
from secondhalf.recipe import load_recipe
from support import ROOT

RECIPES = sorted((ROOT / "recipes" / "paper").glob("*.yaml"))


def hub_name(reference: str) -> str:
    return reference.removeprefix("hf:").partition("@")[0]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_papers_recipe_uses_the_papers_templates(path: Path) -> None:
    assert path.read_text("utf-8").splitlines()[0] == f"# secondhalf run recipes/paper/{path.name}"
    recipe = load_recipe(path)
    assert recipe.name == f"paper-{path.stem}"
    for arm in recipe.arms.values():
        facts = known_students()[hub_name(recipe.students[arm.student])]
        assert facts["paper"]
        assert arm.train.template.name == facts["template"]


def test_all_nine_backbones_have_a_recipe() -> None:
    named = {hub_name(student) for path in RECIPES for student in load_recipe(path).students.values()}
    assert named == {name for name, facts in known_students().items() if facts["paper"]}
