"""Files that people are given: what they may replace, how open they are, and that none is half there."""

import os
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.store.given_files import is_our_page, write_given

PAGE = '<!doctype html>\n<meta name="generator" content="secondhalf">\n<p>%s'


def test_a_file_is_as_open_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_given(tmp_path / "page.html", PAGE % "a")
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o640


def test_a_former_one_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    write_given(page, PAGE % "a")
    link.symlink_to(page)
    write_given(link, PAGE % "b", is_former=is_our_page)
    assert link.is_symlink()
    assert page.read_text("utf-8") == PAGE % "b"
    mine, nowhere, full = tmp_path / "mine.html", tmp_path / "nowhere.html", Path("/dev/full")
    mine.write_text("<!doctype html>\n<p>mine", "utf-8")
    nowhere.symlink_to(tmp_path / "gone")
    for place in (mine, nowhere, full, tmp_path):
        with pytest.raises(
            UserError, match="exists, and is none that this command wrote: name another file with --out"
        ):
            write_given(place, PAGE % "c", is_former=is_our_page)
    with pytest.raises(UserError, match="name another file with --export"):
        write_given(page, PAGE % "c", "--export")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.html", "mine.html", "nowhere.html", "page.html"]
    assert mine.read_text("utf-8").endswith("mine")


@pytest.mark.parametrize("name", ["no/such/folder.html", "page.html/below.html", "n" * 300])
def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, name: str) -> None:
    write_given(tmp_path / "page.html", PAGE % "a")
    with pytest.raises(UserError, match="with --out"):
        write_given(tmp_path / name, PAGE % "b", is_former=is_our_page)
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
