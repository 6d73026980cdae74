"""What is written is its owner's alone whatever the umask, and what counts is on the disk when the power is cut."""

import errno
import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Document, to_table
from secondhalf.store import Stage, Store, files
from secondhalf.store.files import (
    flush,
    follow_umask,
    make_folder,
    make_root,
    open_file,
    rename_durably,
    write_atomically,
)
from secondhalf.store.recorded import read_recorded, write_recorded
from support.power_cut import Disk


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _table() -> pa.Table:
    return to_table(Document, [Document("0001", "text", "test")])


def _work(stage: Stage) -> dict[str, object]:
    """What stages do: tables, and files that libraries write in their own way."""
    stage.write("part", 0, _table())
    (stage.path / "adapter").mkdir(exist_ok=True)
    (stage.path / "adapter").chmod(0o755)
    (stage.path / "adapter" / "weights.safetensors").write_bytes(b"weights")
    (stage.path / "log.jsonl").write_text('{"step": 1}\n', "utf-8")
    return {"rows": 1}


def _modes(folder: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), path.stat().st_mode & 0o7777) for path in [folder, *folder.rglob("*")]}


def test_a_store_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int):
    root = tmp_path / "store"
    Store(root).make("train", (1,), {}, {}, _work)
    assert _modes(root) == {(True, 0o700), (False, 0o600)}


def test_a_folder_that_was_open_is_made_private_and_one_that_is_shared_stays(tmp_path: Path):
    for mode, expected in ((0o755, 0o700), (0o775, 0o700), (0o2755, 0o700), (0o2770, 0o2770), (0o2775, 0o2775)):
        folder = tmp_path / f"{mode:o}"
        folder.mkdir()
        folder.chmod(mode)
        make_root(folder)
        assert folder.stat().st_mode & 0o7777 == expected


def test_what_is_begun_below_a_shared_folder_is_private(tmp_path: Path):
    tmp_path.chmod(0o2775)
    make_root(tmp_path / "store")
    make_folder(tmp_path / "store" / "clean")
    assert _modes(tmp_path / "store") == {(True, 0o700)}


@pytest.mark.parametrize(
    ("umask", "modes"), [(0o022, (0o755, 0o644)), (0o077, (0o700, 0o600)), (0o007, (0o770, 0o660))]
)
def test_an_export_follows_the_umask(tmp_path: Path, umask: int, modes: tuple[int, int]):
    before = os.umask(umask)
    try:
        (tmp_path / "export").mkdir()
    finally:
        os.umask(before)
    (tmp_path / "export" / "adapter").mkdir(mode=0o700)
    (tmp_path / "export" / "adapter" / "weights").touch(mode=0o600)  # as safetensors writes
    follow_umask(tmp_path / "export")
    assert _modes(tmp_path / "export") == {(True, modes[0]), (False, modes[1])}


def test_no_link_is_written_through(tmp_path: Path):
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    (tmp_path / "a.json.tmp").symlink_to(precious)
    with pytest.raises(UserError, match=r"a\.json could not be used"):
        write_atomically(tmp_path / "a.json", "{}")
    (tmp_path / ".lock").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic"):
        open_file(tmp_path / ".lock")
    (tmp_path / "b.json").symlink_to(precious)
    write_atomically(tmp_path / "b.json", "{}")
    assert precious.read_text() == "as it was"


def _write_often(path: Path, sign: str) -> None:
    for _ in range(40):
        write_recorded(path, sign * 20_000)
        text = read_recorded(path, "it is torn.")
        assert len(text) == 20_000
        assert len(set(text)) == 1


def test_two_processes_that_write_one_file_write_it_whole(tmp_path: Path):
    """Before, each wrote into the other's unfinished file: some found it torn, and some gone."""
    path = tmp_path / "a.json"
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        for work in [pool.submit(_write_often, path, sign) for sign in "ab"]:
            work.result()
    assert {file.name for file in tmp_path.iterdir()} == {"a.json", "checksums.txt"}


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_stands_in_the_way_of_a_write_is_said_at_once(tmp_path: Path, kind: str):
    place = tmp_path / "a.json.tmp"
    if kind == "device":
        place.symlink_to("/dev/full")
    else:
        os.mkfifo(place) if kind == "pipe" else place.mkdir()
    sentence = "tmp is a folder, and a file is needed" if kind == "folder" else r"a\.json could not be used"
    with pytest.raises(UserError, match=sentence):
        write_atomically(tmp_path / "a.json", "{}")


def test_a_folder_of_a_files_name_is_said(tmp_path: Path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(UserError, match=r"a\.json is a folder, and a file is needed there"):
        write_atomically(tmp_path / "a.json", "{}")


def test_a_file_system_that_cannot_flush_folders_is_no_error_and_a_failing_disk_is(tmp_path: Path, monkeypatch):
    def fail(number: int) -> None:
        def fsync(handle: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(files.os, "fsync", fsync)

    fail(errno.EINVAL)
    flush(tmp_path)
    fail(errno.EIO)
    with pytest.raises(UserError, match=r"a\.json could not be used \(Input/output error\)"):
        write_atomically(tmp_path / "a.json", "{}")
    assert not (tmp_path / "a.json").exists()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    (tmp_path / "before").mkdir()
    disk = Disk(tmp_path / "before")
    yield disk
    disk.close()


@pytest.mark.parametrize("names_first", [False, True])
def test_a_stage_that_is_whole_is_whole_after_a_power_cut(tmp_path: Path, disk: Disk, names_first: bool):
    with disk.watching():
        stage = Store(tmp_path / "before" / "store").make("train", (1,), {}, {}, _work)
    left = disk.after_the_cut(tmp_path / "after", names_first=names_first)
    paths = Store(left / "store").make("train", (1,), {}, {}, lambda stage: pytest.fail("made again"))
    assert paths.manifest == stage.manifest
    assert paths.read().equals(_table())
    for path in stage.path.rglob("*"):
        if path.is_file():
            assert (paths.path / path.relative_to(stage.path)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("names_first", [False, True])
@pytest.mark.parametrize("moment", ["after the parts", "before the manifest's name"])
def test_a_stage_that_was_not_whole_goes_on_after_a_power_cut(
    tmp_path: Path, disk: Disk, monkeypatch, names_first: bool, moment: str
):
    def work(stage: Stage) -> dict[str, object]:
        counts = _work(stage)
        if moment == "after the parts":
            raise KeyboardInterrupt
        return counts

    def rename(temporary: Path, path: Path) -> None:
        if path.name == "manifest.json":
            raise KeyboardInterrupt
        rename_durably(temporary, path)

    monkeypatch.setattr(files, "rename_durably", rename)
    with disk.watching(), pytest.raises(KeyboardInterrupt):
        Store(tmp_path / "before" / "store").make("train", (1,), {}, {}, work)
    monkeypatch.undo()
    left = Store(disk.after_the_cut(tmp_path / "after", names_first=names_first) / "store")
    [stage] = left.stages() or [None]
    assert stage is None or not stage.whole
    assert stage is None or not stage.has("part", 0) or stage.read().equals(_table())  # no part that is empty
    assert left.make("train", (1,), {}, {}, _work).whole


def test_the_power_cut_sees_what_is_not_flushed(tmp_path: Path, disk: Disk, monkeypatch):
    """The shim itself can fail: without the flushes the stage is gone, or empty."""
    monkeypatch.setattr(files, "flush", lambda path: None)
    with disk.watching():
        Store(tmp_path / "before" / "store").make("train", (1,), {}, {}, _work)
    assert list(disk.after_the_cut(tmp_path / "certain", names_first=False).iterdir()) == []
    [manifest] = disk.after_the_cut(tmp_path / "names", names_first=True).rglob("manifest.json")
    assert manifest.read_bytes() == b""


@pytest.mark.parametrize("flushed", ["file", "folder"])
def test_each_half_of_a_durable_rename_is_needed(tmp_path: Path, disk: Disk, monkeypatch, flushed: str):
    def one_half(path: Path) -> None:
        if path.is_dir() == (flushed == "folder"):
            flush(path)

    monkeypatch.setattr(files, "flush", one_half)
    with disk.watching():
        write_atomically(tmp_path / "before" / "a.json", json.dumps({"a": 1}))
    left = disk.after_the_cut(tmp_path / "after", names_first=False) / "a.json"
    assert not left.exists() or left.read_text() == ""


def test_a_file_that_got_its_name_while_its_folder_is_protected_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes that begin a store together: the mark of one is a temporary file when the other lists the folder."""
    (tmp_path / "kept").touch(0o644)
    monkeypatch.setattr(files, "walk", lambda folder: [folder / "store.json0.tmp", folder / "kept"])
    files.protect_tree(tmp_path)
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600
