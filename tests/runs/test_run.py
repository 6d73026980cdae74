"""What of a recipe decides nothing may change whatever is made (what decides: test_follow.py). What an older release made is said once."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.recipe.recipe import Recipe
from secondhalf.runs import Label, find, opened
from secondhalf.runs.links import read_links
from secondhalf.store import Stage, Store, stages
from secondhalf.store.users import read_users

GO_ON = {
    "corpus": {"workers": 2, "max_refused": 0.9},
    "data": {"taught": {"teach": {"server": {"urls": ["http://127.0.0.1:1/v1"]}, "budget": {"tokens": 5}}}},
    "arms": {
        "taught": {"student": "base", "data": {"taught": 1}, "train": {"checkpoint_steps": 5, "loggers": ["wandb"]}}
    },
    "evaluate": {"benchmarks": [{"name": "ifeval", "path": "x"}], "engine": "vllm", "safety": {"enabled": True}},
    "pilot": {"pairs": 0},
    "report": {"language": "ja"},
    "notices": ["terms"],
}


def _recipe(**more: object) -> Recipe:
    usual = {"name": "r", "data": {"taught": {}}, "students": {"base": "x"}}
    arms = {"taught": {"student": "base", "data": {"taught": 1}}}
    return Recipe.model_validate({**usual, "arms": arms, **more})


def _open(folder: Path, recipe: Recipe, make: bool = False) -> Stage | None:
    with opened(recipe, folder / "runs", folder / "store") as run:
        return run.make(Label("corpus"), (1,), recipe.corpus, {}, lambda stage: {}) if make else None


@pytest.mark.parametrize("field", sorted(GO_ON))
def test_a_run_goes_on_where_nothing_that_decides_was_changed(tmp_path: Path, field: str):
    for label in ("train:taught:1", "evaluate:taught:1"):
        with opened(_recipe(), tmp_path / "runs", tmp_path / "store") as run:
            run.make(Label.parse(label), (1,), {}, {}, lambda stage: {})
    _open(tmp_path, _recipe(**{field: GO_ON[field]}))


def test_what_decides_a_stage_and_no_more_is_in_its_manifest(tmp_path: Path):
    stage = _open(tmp_path, _recipe(corpus={"workers": 2}), make=True)
    assert stage is not None
    assert stage.manifest["settings"] == _recipe().corpus.deciding("corpus")
    assert "workers" not in stage.manifest["settings"]
    again = _open(tmp_path, _recipe(corpus={"workers": 3}), make=True)
    assert again is not None
    assert again.key == stage.key


def _of_format_1(folder: Path) -> Path:
    """A run and a store as secondhalf 0.1 left them; returns the folder of its stage."""
    stage = _open(folder, _recipe(), make=True)
    assert stage is not None
    old = stage.path.with_name("0123456789abcdef")
    stage.path.rename(old)
    manifest = old / "manifest.json"
    values = {**json.loads(manifest.read_text("utf-8")), "version": 1, "key": old.name}
    content = {name: value for name, value in values.items() if name not in {"checksum", "checksums"}}
    manifest.write_text(json.dumps(content), "utf-8")
    links = folder / "runs" / "r" / "stages.json"
    links.write_text(links.read_text("utf-8").replace(stage.key, old.name), "utf-8")
    (folder / "runs" / "r" / "checksums.txt").unlink()
    (folder / "store" / "store.json").unlink()
    return old


def test_a_store_and_a_run_of_before_are_named_once_and_made_anew(tmp_path: Path, caplog):
    old = _of_format_1(tmp_path)
    run = find("r", tmp_path / "runs", Store(tmp_path / "store"))
    assert run.stage(Label("corpus")).path == old  # read by its place, whatever its key was made of
    reopened = _open(tmp_path, _recipe(), make=True)
    messages = caplog.messages.copy()
    assert len(messages) == 2
    assert (
        "was made by secondhalf 0.1: its stages are kept but made again, its journal of paid replies is used"
        in messages[0]
    )
    assert "`secondhalf store --prune`" in messages[0]
    assert messages[1].endswith("runs/r was made by secondhalf 0.1: this run makes its stages anew.")
    assert reopened is not None
    assert reopened.path != old
    assert run.stage(Label("corpus")).path == reopened.path
    assert old.is_dir()
    _open(tmp_path, _recipe(), make=True)
    _open(tmp_path, _recipe(name="other"))
    assert caplog.messages == messages


def test_a_second_run_of_before_is_named_where_the_store_was_named_already(tmp_path: Path, caplog):
    _of_format_1(tmp_path)
    _open(tmp_path, _recipe(name="other"))
    assert len(caplog.messages) == 1
    _open(tmp_path, _recipe())
    assert "runs/r was made by secondhalf 0.1" in caplog.messages[1]


def test_a_run_in_a_newer_store_is_not_read(tmp_path: Path):
    _open(tmp_path, _recipe())
    (tmp_path / "store" / "store.json").write_text('{"format": 3}', "utf-8")
    with pytest.raises(UserError, match="newer secondhalf"):
        find("r", tmp_path / "runs", Store(tmp_path / "store"))
    with pytest.raises(UserError, match="newer secondhalf"):
        _open(tmp_path, _recipe())


def test_what_a_run_uses_is_known_before_a_stage_is_made_and_its_link_stands_before_the_lock_is_let_go(tmp_path: Path):
    recipe, folder = _recipe(), tmp_path / "runs" / "r"
    seen: list[object] = []

    def work(stage: Stage) -> dict[str, object]:
        [user] = read_users(tmp_path / "store")
        seen.append((user.run, user.stages))
        assert not read_links(folder)
        return {}

    inner = stages.locked

    @contextmanager
    def watched(path: Path, *args: object, **options: object):
        with inner(path, *args, **options):
            yield
            if path.parent.parent.name == "corpus":  # about to be let go
                seen.append([link.stage for link in read_links(folder).values()])

    with pytest.MonkeyPatch.context() as patch, opened(recipe, tmp_path / "runs", tmp_path / "store") as run:
        patch.setattr(stages, "locked", watched)
        stage = run.make(Label("corpus"), (1,), recipe.corpus, {}, work)
    place = f"corpus/{stage.key}"
    assert seen == [(folder.resolve(), frozenset({place})), [place]]


def test_a_run_that_begins_where_another_was_removed_forgets_what_that_one_used(tmp_path: Path):
    _open(tmp_path, _recipe(), make=True)
    shutil.rmtree(tmp_path / "runs" / "r")
    _open(tmp_path, _recipe(corpus={"sample": 7}), make=True)
    [user] = read_users(tmp_path / "store")
    assert len(user.stages) == 1 == len(list((tmp_path / "store" / "corpus").glob("*"))) - 1
