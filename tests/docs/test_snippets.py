"""Pieces of recipes in README and docs/ are pieces of recipes: every field is there, every value may stand in it."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from secondhalf.errors import UserError
from secondhalf.recipe import Recipe, load_recipe
from support import ROOT

_YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
SNIPPETS = [
    (f"{path.relative_to(ROOT)}:{number}", text)
    for path in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for number, text in enumerate(_YAML.findall(path.read_text("utf-8")))
]


def _check(text: str, folder: Path) -> None:
    """Raises UserError for a piece that no recipe can hold; what is no piece of a recipe passes."""
    piece = YAML(typ="safe").load(text)
    if not set(piece) <= set(Recipe.model_fields):
        return
    (folder / "piece.yaml").write_text(text if "data" in piece else f"{text}\ndata: {{taught: {{}}}}\n", "utf-8")
    load_recipe(folder / "piece.yaml")


@pytest.mark.parametrize(("place", "text"), SNIPPETS, ids=[place for place, _ in SNIPPETS])
def test_a_piece_of_a_recipe_is_one(place: str, text: str, tmp_path: Path) -> None:
    _check(text, tmp_path)


def test_a_wrong_field_is_seen(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did you mean sample"):
        _check("corpus: {smple: 3}", tmp_path)
