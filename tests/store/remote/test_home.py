"""A store that is at home at a URL: what one machine made another does not make again, and nothing is lost with a connection."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf import api
from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.store import Stage, Store
from secondhalf.store.remote.home import REMOTE_FILE, home_of, store_folder
from secondhalf.store.remote.objects import ObjectFolder
from support.clusters import tables
from support.recipes import tiny_recipe

URL = "memory://bucket/home"


def _machine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another machine: a cache and a folder of runs of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    return folder / "runs"


def test_another_machine_makes_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Any):
    recipe = api.load(tiny_recipe(tmp_path / "tiny.yaml"))
    first = api.run(recipe, until="audit", runs=_machine(tmp_path / "a", monkeypatch), store=URL)
    assert len([name for name in memory.find("/bucket/home/stages") if name.endswith(".json")]) == 8
    here = first.store.root
    runs = _machine(tmp_path / "b", monkeypatch)
    monkeypatch.setattr(Dummy, "generate", lambda *_: pytest.fail("a reply was asked for again"))
    monkeypatch.setattr(Stage, "finish", lambda *_: pytest.fail("a stage was made again"))
    second = api.run(recipe, until="audit", runs=runs, store=URL)
    assert second.store.root != here
    assert tables(second.store.root) == tables(here)


def test_a_run_of_another_machine_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    recipe = api.load(tiny_recipe(tmp_path / "tiny.yaml"))
    api.run(recipe, until="audit", runs=_machine(tmp_path / "a", monkeypatch), store=URL)
    runs = _machine(tmp_path / "b", monkeypatch)
    assert main(["show", "tiny", "--store", URL, "--runs", str(runs), "--json"]) == 0
    assert "audit" in capsys.readouterr().out
    assert main(["show", "another", "--store", URL, "--runs", str(runs)]) == 2
    assert "There is no run another" in capsys.readouterr().err


def test_what_a_lost_connection_left_behind_is_sent_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recipe, runs = api.load(tiny_recipe(tmp_path / "tiny.yaml")), _machine(tmp_path / "a", monkeypatch)
    write = ObjectFolder.write_first

    def lost(folder: ObjectFolder, name: str, data: bytes) -> bytes:
        if name.startswith("stages/split/"):
            raise UserError("the connection is lost")
        return write(folder, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(ObjectFolder, "write_first", lost)
        with pytest.raises(UserError, match="the connection is lost"):
            api.run(recipe, until="audit", runs=runs, store=URL)
    api.run(recipe, until="audit", runs=runs, store=URL)
    there = [name.partition("/")[0] for name in ObjectFolder(URL).names("stages")]
    assert {"corpus", "clean", "split", "teach", "audit"} <= set(there)


def test_a_damaged_stage_there_is_a_sentence_and_nothing_of_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: Any
):
    recipe = api.load(tiny_recipe(tmp_path / "tiny.yaml"))
    api.run(recipe, until="clean", runs=_machine(tmp_path / "a", monkeypatch), store=URL)
    for path in memory.find("/bucket/home/files"):
        memory.pipe_file(path, b"damaged")
    with pytest.raises(UserError, match="is damaged"):
        api.run(recipe, until="clean", runs=_machine(tmp_path / "b", monkeypatch), store=URL)
    assert not any(stage.whole for stage in Store(store_folder(URL)).stages())


def test_the_copy_is_private_and_says_where_its_home_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _machine(tmp_path, monkeypatch)
    root = store_folder(URL + "/")
    assert root == store_folder(URL)
    assert root.stat().st_mode & 0o777 == 0o700
    assert json.loads((root / REMOTE_FILE).read_text()) == {"url": URL}
    (root / REMOTE_FILE).write_text("[")
    with pytest.raises(UserError, match=r"remote\.json is damaged"):
        home_of(root)
    with pytest.raises(UserError, match="no name and no password"):
        store_folder("s3://key:secret@bucket/x")
