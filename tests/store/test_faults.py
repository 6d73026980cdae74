"""Each reason that the system gives for a place that cannot be used has its own mend."""

import errno
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.faults import place_fault, unnamed_fault, user_name
from support.other_user import other_user


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter and only we may write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _error(number: int, path: Path | None = None) -> OSError:
    return OSError(number, os.strerror(number), str(path) if path else None)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "No space left on device): free disk space or choose another folder (--store, --runs)"),
        (errno.EDQUOT, "free disk space or choose another folder"),
        (errno.EROFS, "mounted read-only: mount it writable, or choose another folder"),
        (errno.EACCES, "which belongs to "),
        (errno.EIO, "could not be used (Input/output error): mend that or choose another folder"),
    ],
)
def test_a_place_that_cannot_be_used(tmp_path: Path, number: int, message: str):
    assert message in str(place_fault(tmp_path, _error(number)))


@pytest.mark.parametrize("below", ["", "below", "below/it"])
def test_a_store_that_is_a_file(tmp_path: Path, below: str):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file is a file, and a folder is needed there: name a store of your own"):
        Store(tmp_path / "file" / below).make("clean", (1,), {}, {}, lambda stage: {})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_store_of_another_user(open_folder: Path, monkeypatch, capsys):
    root = open_folder / "store"
    Store(root).make("clean", (1,), {}, {}, lambda stage: {})
    monkeypatch.chdir(open_folder)
    commands = (["store"], ["store", "--prune", "--yes"], ["store", "--share"], ["journal"], ["show", "r"])
    for command in commands:  # what a command imports must be read by now
        main(command)
    capsys.readouterr()
    for command in commands:
        with other_user(root):
            assert main([*command, "--runs", "."]) == 2
        sentence = capsys.readouterr().err
        assert "You (" in sentence
        assert "store belongs to " in sentence or "store, which belongs to" in sentence
        assert "have its owner share it with your group: `secondhalf store --share`" in sentence


def test_a_user_without_a_name():
    assert user_name(os.geteuid()) == pwd.getpwuid(os.geteuid()).pw_name
    assert user_name(3_999_999_999) == "user 3999999999"


def test_no_place_for_temporary_files_names_tmpdir(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/nowhere"])
    with pytest.raises(OSError, match="temporary") as raised:
        tempfile.gettempdir()
    assert "set TMPDIR" in str(unnamed_fault(raised.value))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EACCES, "name another place (--store, --runs, SECONDHALF_CACHE, TMPDIR or the recipe's path)"),
        (errno.EROFS, "mounted read-only: mount it writable"),
        (errno.ENOENT, "No such file or directory. What was done is kept"),
    ],
)
def test_an_error_that_nobody_on_the_way_knew(tmp_path: Path, number: int, message: str):
    sentence = str(unnamed_fault(_error(number, tmp_path / "a"), tmp_path / "store"))
    assert str(tmp_path / "a") in sentence
    assert message in sentence
    assert "share" not in sentence
    assert str(unnamed_fault(_error(errno.EMFILE))).startswith("A file: Too many open files")
