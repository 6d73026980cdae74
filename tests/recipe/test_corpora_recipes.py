"""The recipes of ready corpora load, and each opens with the line that runs it."""

from pathlib import Path

import pytest

from secondhalf.recipe import load_recipe
from support import ROOT

RECIPES = sorted((ROOT / "recipes" / "corpora").glob("*.yaml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_corpus_recipe_loads_and_opens_with_its_command(path: Path):
    assert path.read_text("utf-8").splitlines()[0] == f"# secondhalf clean recipes/corpora/{path.name}"
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    assert recipe.corpus.licence
    assert recipe.corpus.reader in {"hub", "html", "text", "jsonl"}


def test_the_corpora_are_all_there():
    names = {"openwebtext", "fineweb", "python-docs", "debian-handbook-ja", "debian-handbook-en", "anarchism", "jargon"}
    assert names | {"brown"} == {path.stem for path in RECIPES}
