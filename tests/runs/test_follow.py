"""A corrected recipe goes on until what it changes was used; then it takes a name of its own, or --again, which keeps a history."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.recipe.recipe import Recipe
from secondhalf.runs import Label, OpenRun, find, opened
from secondhalf.runs.follow import changed_fields, first_stage, used_by
from secondhalf.runs.links import read_links
from secondhalf.store import Store
from secondhalf.store.users import read_users

ARMS = {
    "untouched": {"student": "base"},
    "taught": {"student": "base", "data": {"taught": 1}},
    "control": {"student": "base", "data": {"original": 1}},
    "halved": {"student": "base", "adapter_from": "taught", "scale": 0.5},
}


def _recipe(**more: Any) -> Recipe:
    data = {"taught": {}, "original": {"teach": {"model": "original", "like": "taught"}}}
    return Recipe.model_validate({"name": "r", "data": data, "students": {"base": "x"}, "arms": ARMS, **more})


def _stages(run: OpenRun, *labels: str) -> None:
    for label in labels:
        run.make(Label.parse(label), (1,), {}, {"label": label}, lambda stage: {})


def _open(folder: Path, recipe: Recipe, *labels: str, again: bool = False) -> dict[str, bool]:
    """Opens the run and makes stages; its links then, with whether they are another run's."""
    with opened(recipe, folder / "runs", folder / "store", again=again) as run:
        _stages(run, *labels)
        return {str(label): link.reused for label, link in run.links().items()}


TAUGHT = ("corpus", "clean", "split:taught", "teach:taught", "audit:taught")
CHANGES = [
    # a change, what is finished, what was used of it
    ({"corpus": {"path": "elsewhere"}}, (), ""),
    ({"clean": {"gopher_quality": {"min_letter_words": 0.5}}}, TAUGHT, ""),
    ({"clean": {"length": {"min_words": 3}}}, (*TAUGHT, "train:taught:1"), "train:taught:1"),
    ({"seed": 2}, (*TAUGHT, "train:control:1"), "train:control:1"),
    ({"data": {"taught": {"audit": {"min_words": 2}}, "original": {"teach": {"model": "original", "like": "taught"}}}},
     ("train:control:1",), "train:control:1"),
    ({"data": {"taught": {}, "original": {"teach": {"model": "original", "like": "taught"}, "audit": {"min_words": 2}}}},
     ("train:taught:1",), ""),
    ({"arms": {**ARMS, "control": {"student": "base", "data": {"original": 1}, "train": {"rank": 4}}}},
     ("train:control:1",), ""),
    ({"arms": {**ARMS, "control": {"student": "base", "data": {"original": 1}, "train": {"rank": 4}}}},
     ("train:control:1", "evaluate:control:1"), "evaluate:control:1"),
    ({"arms": {**ARMS, "taught": {"student": "base", "data": {"taught": 1}, "train": {"rank": 4}}}},
     ("train:taught:1", "train:halved:1"), "train:halved:1"),
    ({"arms": {**ARMS, "new": {"student": "base", "temperature": 2.0}}}, ("evaluate:taught:1", "evaluate:untouched"), ""),
    ({"students": {"base": "y"}}, ("train:taught:1",), "train:taught:1"),
    ({"evaluate": {"max_tokens": 5}}, ("train:taught:1", "evaluate:taught:1"), ""),
    ({"evaluate": {"primary": "ranking"}}, ("train:taught:1", "answers:everyday:taught:1"), ""),
    ({"evaluate": {"primary": "ranking"}}, ("train:taught:1", "evaluate:taught:1"), "evaluate:taught:1"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "finished", "used"), CHANGES)
def test_a_recipe_is_followed_until_what_it_changes_was_used(
    tmp_path: Path, change: dict[str, Any], finished: tuple[str, ...], used: str
):
    _open(tmp_path, _recipe(), *finished)
    before = (tmp_path / "runs/r/recipe.yaml").read_bytes()
    if used:
        with pytest.raises(UserError, match=rf"{used} was made.*--set name=.*--again"):
            _open(tmp_path, _recipe(**change))
        assert (tmp_path / "runs/r/recipe.yaml").read_bytes() == before
        assert list(read_links(tmp_path / "runs/r")) == [Label.parse(label) for label in finished]
    else:
        _open(tmp_path, _recipe(**change))
        _open(tmp_path, _recipe(**change))  # and is then the run's own
        assert (tmp_path / "runs/r/recipe.yaml").read_bytes() != before


def test_what_follows_a_changed_field_leaves_the_run_and_stands_in_its_history(tmp_path: Path):
    _open(tmp_path, _recipe(), *TAUGHT)
    _open(tmp_path, _recipe(clean={"length": {"min_words": 3}}))
    run = tmp_path / "runs/r"
    assert list(map(str, read_links(run))) == ["corpus"]
    assert list(json.loads((run / "history/1/stages.json").read_text("utf-8"))) == list(TAUGHT)
    assert "min_words: 50" in (run / "history/1/recipe.yaml").read_text("utf-8")
    [user] = read_users(tmp_path / "store")
    assert {place.partition("/")[0] for place in user.stages} == {"corpus"}
    # What comes back is no other run's, and its cost is this run's.
    assert _open(tmp_path, _recipe(), *TAUGHT) == dict.fromkeys(TAUGHT, False)


def test_again_keeps_what_was_reported(tmp_path: Path):
    _open(tmp_path, _recipe(), "train:taught:1", "evaluate:taught:1")
    report = tmp_path / "runs/r/report"
    report.mkdir()
    (report / "facts.json").write_text("{}", "utf-8")
    other = _recipe(evaluate={"max_tokens": 5})
    with pytest.raises(UserError, match="the report was made"):
        _open(tmp_path, other)
    _open(tmp_path, other, again=True)
    assert not report.exists()
    assert (tmp_path / "runs/r/history/1/report/facts.json").is_file()
    assert find("r", tmp_path / "runs", Store(tmp_path / "store")).recipe.evaluate.max_tokens == 5
    _open(tmp_path, _recipe(), again=True)
    assert {path.name for path in (tmp_path / "runs/r/history").iterdir()} == {"1"}  # nothing was made in between


def test_every_field_that_decides_a_run_has_its_first_stage_and_its_use():
    """A new section of the recipe must say where it is used: this walks all that can differ."""
    now, before = _recipe(seed=2, corpus={"sample": 3}, clean={"length": {"min_words": 3}}), _recipe()
    fields = changed_fields(now, before)
    assert set(fields) == {"seed", "corpus.sample", "clean.length.min_words"}
    for field in [*before.deciding("run"), "data.taught.split.rule", "data.taught.teach.model", "data.gone"]:
        if field == "name":
            continue
        name = f"{field}.x" if field in {"data", "arms", "students"} else field
        assert isinstance(first_stage(name), str)
        assert used_by(name, before, [], reported=False) == ""
