"""Pushes, pulls, runs and prunes at the same time: nothing is torn, nothing is half there, and nothing that is used is pruned."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest

from secondhalf.errors import UserError
from secondhalf.runs.usage import used_stages
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import find_damage
from secondhalf.store.prune import unused_stages
from secondhalf.store.recorded import read_recorded, write_recorded
from secondhalf.store.remote.exchange import pull, push
from secondhalf.store.remote.objects import ObjectFolder

URL = "memory://bucket/team"


@pytest.fixture(autouse=True)
def memory() -> Iterator[Any]:
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield files
    files.store.clear()


def _made(folder: Path) -> tuple[Store, Stage]:
    """A store with a stage, and a run that points to it."""
    store = Store(folder / "store")

    def work(stage: Stage) -> dict[str, object]:
        stage.write("part", 0, pa.table({"a": [1]}))
        return {"rows": 1}

    stage = store.make("clean", (1,), {}, {}, work)
    run = folder / "runs" / "mine"
    run.mkdir(parents=True)
    write_recorded(run / "recipe.yaml", "name: mine\n")
    write_recorded(run / "stages.json", json.dumps({"clean": {"stage": f"clean/{stage.key}", "reused": False}}))
    return store, stage


def test_a_run_that_goes_on_while_it_is_pushed_is_whole_where_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, stage = _made(tmp_path / "here")
    run, send = tmp_path / "here" / "runs" / "mine", ObjectFolder.send
    links, count = (run / "stages.json").read_text(), iter(range(100))

    def write_and_send(self: ObjectFolder, name: str, file: Path) -> None:
        write_recorded(run / "stages.json", links + " " * next(count))
        write_recorded(run / "facts.json", "{}")
        send(self, name, file)

    monkeypatch.setattr(ObjectFolder, "send", write_and_send)
    push(store, run.parent, URL)
    pull(Store(tmp_path / "there" / "store"), tmp_path / "there" / "runs", URL)
    for name in ("recipe.yaml", "stages.json", "facts.json"):
        assert read_recorded(tmp_path / "there" / "runs" / "mine" / name, "")
    assert stage.key in read_recorded(tmp_path / "there" / "runs" / "mine" / "stages.json", "")


def test_of_two_pulls_of_one_run_one_brings_it_and_one_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, _ = _made(tmp_path / "here")
    push(store, tmp_path / "here" / "runs", URL)
    there, runs = Store(tmp_path / "there" / "store"), tmp_path / "there" / "runs"
    told: list[str] = []
    fetch, second = ObjectFolder.fetch, iter([True])

    def pull_too() -> None:
        with pytest.raises(UserError) as caught:
            pull(there, runs, URL)
        told.append(str(caught.value))

    def fetch_while_another_pulls(self: ObjectFolder, name: str, file: Path) -> None:
        if file.parent.name == "mine" and next(second, False):
            thread = threading.Thread(target=pull_too)
            thread.start()
            thread.join()
        fetch(self, name, file)

    monkeypatch.setattr(ObjectFolder, "fetch", fetch_while_another_pulls)
    assert pull(there, runs, URL) == {"stages": 1, "runs": 1}
    assert told == [f"Another process works on {runs / 'mine'}: wait for it, then give the same command again."]


def test_what_a_pull_brought_is_kept_by_a_prune_from_elsewhere(tmp_path: Path) -> None:
    store, stage = _made(tmp_path / "here")
    push(store, tmp_path / "here" / "runs", URL)
    there = Store(tmp_path / "there" / "store")
    pull(there, tmp_path / "there" / "runs", URL)
    (tmp_path / "other").mkdir()
    used = used_stages(there, tmp_path / "other", needed=True).runs
    assert [path.name for path in used] == [stage.key]
    assert not unused_stages(there, used)


def test_a_run_is_one_when_its_stages_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its recipe it counts as there, and what a lost connection left behind would not be looked for again."""
    store, _ = _made(tmp_path / "here")
    push(store, tmp_path / "here" / "runs", URL)
    there, runs = Store(tmp_path / "there" / "store"), tmp_path / "there" / "runs"
    monkeypatch.setattr(ObjectFolder, "names", lambda self, folder: ["mine.json"] if folder == "runs" else [])
    fetch = ObjectFolder.fetch

    def lost(self: ObjectFolder, name: str, file: Path) -> None:
        if "clean" in file.parts:
            raise UserError("the connection is lost")
        fetch(self, name, file)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectFolder, "fetch", lost)
        with pytest.raises(UserError, match="the connection is lost"):
            pull(there, runs, URL)
    assert pull(there, runs, URL) == {"stages": 0, "runs": 1}
    assert [stage.whole for stage in there.stages()] == [True]


def test_a_stage_that_is_half_made_here_is_whole_when_it_came(tmp_path: Path) -> None:
    """What a training keeps while it goes on is no file of the whole stage, which would be taken for damaged by it."""
    store, stage = _made(tmp_path / "here")
    push(store, tmp_path / "here" / "runs", URL)
    there, half = Store(tmp_path / "store"), tmp_path / "store" / "clean" / stage.key
    there.mark()
    for name in ("checkpoints/step-2/weights", "part-00001.parquet", "part-00000.parquet"):
        (half / name).parent.mkdir(parents=True, exist_ok=True)
        (half / name).write_text(name)
    (half / "checksums.txt").write_text(f"\n{'0' * 32}  part-00000.parquet\n")
    assert pull(there, tmp_path / "runs", URL)["stages"] == 1
    assert find_damage(half) is None
    assert there.make("clean", (1,), {}, {}, lambda _: pytest.fail("made again")).read().num_rows == 1
    aside = [path for path in (tmp_path / "store" / "damaged").rglob("*") if path.is_file()]
    assert sorted(path.name for path in aside) == ["part-00001.parquet", "weights"]


@pytest.mark.parametrize("name", ["part-00000.parquet", "manifest.json"])
def test_a_stage_that_lost_a_file_here_gets_it_again(name: str, tmp_path: Path) -> None:
    store, stage = _made(tmp_path)
    push(store, tmp_path / "runs", URL)
    if name == "manifest.json":
        (stage.path / name).write_bytes(b"{")
    else:
        (stage.path / name).unlink()
    assert pull(store, tmp_path / "runs", URL) == {"stages": 1, "runs": 0}
    assert find_damage(stage.path) is None


def test_a_folder_that_is_no_store_is_not_pushed_as_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    for folder in ("photos", "none"):
        with pytest.raises(UserError, match=f"{folder} is no store of secondhalf"):
            push(Store(tmp_path / folder), tmp_path / "runs", URL)
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["a.jpg"]
