"""The commits of a hub's references, written into a recipe wherever a reference stands."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.recipe.pins import pin_key, unpinned, with_commits, with_commits_of
from secondhalf.recipe.recipe import Recipe
from support.recipes import tiny_recipe

SHA, OTHER = "a" * 40, "b" * 40


def _recipe(folder: Path, **changes: Any) -> Recipe:
    recipe = {
        "teach": {"model": "transformers:hf:org/teacher@v1:q.gguf#sha256=abc"},
        "students": {"base": "hf:org/base", "fixed": f"hf:org/base@{OTHER}", "local": "/a/model"},
        "evaluate": {"benchmarks": [{"name": "ifeval", "path": "hf:datasets/org/bench@v2:in.jsonl"}]},
        "notices": ["See hf:org/base for its licence.", "hf:not a reference"],
    }
    return load_recipe(tiny_recipe(folder / "r.yaml", "x", **(recipe | changes)))


def _pinned(recipe: Recipe) -> Recipe:
    return with_commits(recipe, {pin_key(reference): SHA for reference in unpinned(recipe)})


def test_what_is_not_pinned_is_named_once(tmp_path: Path):
    assert sorted(map(str, unpinned(_recipe(tmp_path)))) == [
        "hf:datasets/org/bench@v2:in.jsonl", "hf:org/base@main", "hf:org/teacher@v1:q.gguf",
    ]  # fmt: skip


def test_every_reference_gets_its_commit_and_nothing_else_changes(tmp_path: Path):
    recipe = _recipe(tmp_path)
    pinned = _pinned(recipe)
    assert pinned.students == {"base": f"hf:org/base@main@{SHA}", "fixed": f"hf:org/base@{OTHER}", "local": "/a/model"}
    assert pinned.data["taught"].teach.model == f"transformers:hf:org/teacher@v1@{SHA}:q.gguf#sha256=abc"
    assert pinned.evaluate.benchmarks[0].path == f"hf:datasets/org/bench@v2@{SHA}:in.jsonl"
    assert pinned.notices == recipe.notices
    assert unpinned(pinned) == []
    back = write_yaml(pinned, "").replace(f"@main@{SHA}", "").replace(f"@{SHA}", "")
    assert back == write_yaml(recipe, "")


def test_a_pinned_recipe_is_read_as_it_was_written(tmp_path: Path):
    pinned = _pinned(_recipe(tmp_path))
    (tmp_path / "resolved.yaml").write_text(write_yaml(pinned, ""), "utf-8")
    assert load_recipe(tmp_path / "resolved.yaml") == pinned


def test_a_corpus_of_a_hub(tmp_path: Path):
    corpus = {"reader": "hub", "path": "org/texts", "section_words": None}
    pinned = _pinned(_recipe(tmp_path, corpus=corpus))
    assert pinned.corpus.path == f"org/texts@main@{SHA}"
    # The same words where another reader reads them are a path.
    assert _pinned(_recipe(tmp_path, corpus={"reader": "jsonl", "path": "org/texts"})).corpus.path == "org/texts"


@pytest.mark.parametrize("path", ["texts", "a b/c", ""])
def test_a_corpus_that_no_hub_has_stays(tmp_path: Path, path: str):
    assert _recipe(tmp_path, corpus={"reader": "hub", "path": path}).corpus.path == path
    assert _pinned(_recipe(tmp_path, corpus={"reader": "hub", "path": path})).corpus.path == path


def test_a_server_s_model_is_named_by_the_server(tmp_path: Path):
    teach = {"model": "hf:org/theirs", "server": {"urls": ["http://127.0.0.1:9/v1"]}}
    pinned = _pinned(_recipe(tmp_path, teach=teach))
    assert pinned.data["taught"].teach.model == "hf:org/theirs"


def test_a_run_goes_on_with_the_commits_that_it_has(tmp_path: Path):
    recipe = _recipe(tmp_path)
    before = _pinned(recipe)
    assert with_commits_of(recipe, before) == before
    assert with_commits_of(before, recipe) == before
    assert with_commits_of(recipe, recipe) is recipe
    # Another revision, and one that the recipe itself pins, are as the recipe says.
    moved = _recipe(tmp_path, students={"base": "hf:org/base@v3", "fixed": f"hf:org/base@main@{OTHER}"})
    after = with_commits_of(moved, before)
    assert (after.students["base"], after.students["fixed"]) == ("hf:org/base@v3", f"hf:org/base@main@{OTHER}")
