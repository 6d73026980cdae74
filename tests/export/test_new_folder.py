"""A folder that others are given appears whole or not at all, and nothing that stands there is touched."""

import os
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.export.new_folder import new_folder


@pytest.mark.parametrize("kind", ["folder", "file", "link to nothing", "link to a folder"])
def test_nothing_that_stands_there_is_touched(tmp_path: Path, kind: str) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    if kind == "folder":
        out.mkdir()
    elif kind == "file":
        out.write_text("kept", "utf-8")
    else:
        if kind == "link to a folder":
            other.mkdir()
        out.symlink_to(other)
    before = os.lstat(out)
    with pytest.raises(UserError, match=r"out exists: name another --out"), new_folder(out):
        raise AssertionError
    assert os.lstat(out) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"out", "other"}


def test_a_folder_that_was_half_written_is_gone(tmp_path: Path) -> None:
    def fails() -> None:
        with new_folder(tmp_path / "out") as work:
            (work / "a").write_text("half", "utf-8")
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        fails()
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_meanwhile_stays(tmp_path: Path) -> None:
    def late() -> None:
        with new_folder(tmp_path / "out") as work:
            (work / "a").write_text("ours", "utf-8")
            (tmp_path / "out").symlink_to(tmp_path / "nothing")

    with pytest.raises(UserError, match="was made meanwhile"):
        late()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
