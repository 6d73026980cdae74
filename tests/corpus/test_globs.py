"""A glob matches what Python's own matches, each file once, and ends where links go round."""

import glob
import os
from pathlib import Path

import pytest

from secondhalf.corpus.globs import FileGlob, fixed_part

FILES = [
    "a.txt",
    "b.md",
    ".hidden.txt",
    "sub/a.txt",
    "sub/deep/a.txt",
    "sub/deep/[x].txt",
    ".dot/a.txt",
    "sub.txt/b.txt",
    "two/a.md",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files at several depths."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    ["*", "*.txt", "**/*.txt", "**", "**/**/a.txt", "*/*.txt", "s*/**/*", "sub/**/a.*", "[ab].*", "?.md", ".*", "**/deep/*", "sub/deep/[[]x].txt", "none/*", "*/"],
)  # fmt: skip
def test_it_matches_as_pythons_own(folder: Path, pattern: str) -> None:
    expected = {name for name in glob.glob(f"{folder}/{pattern}", recursive=True) if os.path.isfile(name)}
    assert FileGlob(f"{folder}/{pattern}", False).files() == expected


def test_a_pattern_below_the_working_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert FileGlob("*.txt", False).files() == {"a.txt"}
    assert FileGlob("sub/*.txt", False).files() == {"sub/a.txt"}


@pytest.mark.timeout(20)
def test_loops_of_links_end(folder: Path) -> None:
    for name in ("one", "other", "third"):
        (folder / "sub" / name).symlink_to(folder, target_is_directory=True)
    followed, passed = FileGlob(f"{folder}/**/a.txt", True), FileGlob(f"{folder}/**/a.txt", False)
    assert {os.path.realpath(name) for name in followed.files()} == {
        str(folder / name) for name in ("a.txt", "sub/a.txt", "sub/deep/a.txt")
    }
    assert (len(passed.files()), len(passed.links), followed.links) == (3, 3, set())


def test_the_part_before_the_first_wildcard() -> None:
    assert [fixed_part(pattern) for pattern in ("/a/b*/c", "*.txt", "a/b", "/*")] == ["/a", "", "a/b", ""]
