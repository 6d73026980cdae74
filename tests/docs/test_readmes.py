"""README.md and README.ja.md are one page in two languages, and short."""

import re

from support import ROOT
from support.documented import blocks

PAGES = [ROOT / "README.md", ROOT / "README.ja.md"]
_LINES = 150


def _headings(text: str) -> list[str]:
    """The levels of a page's headings, in their order."""
    return re.findall(r"^(#+) ", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)


def test_both_have_the_same_headings_commands_and_links() -> None:
    english, japanese = (page.read_text("utf-8") for page in PAGES)
    assert _headings(english) == _headings(japanese)
    commands = [[step[0].partition(" #")[0].strip() for b in blocks(page) for step in b.steps()] for page in PAGES]
    assert commands[0] == commands[1]
    links = [set(re.findall(r"\]\((?!#|https?:)([^)]+)\)", text)) for text in (english, japanese)]
    swapped = {"README.ja.md": "README.md", "docs/images/report-ja.png": "docs/images/report-en.png"}
    assert {swapped.get(link, link) for link in links[0]} == {swapped.get(link, link) for link in links[1]}
    rows = [text.count("\n|") for text in (english, japanese)]
    assert rows[0] == rows[1]


def test_they_are_short_and_name_each_other() -> None:
    for page in PAGES:
        assert len(page.read_text("utf-8").splitlines()) < _LINES
    assert "](README.ja.md)" in PAGES[0].read_text("utf-8")
    assert "](README.md)" in PAGES[1].read_text("utf-8")


def test_the_pictures_are_small() -> None:
    for picture in (ROOT / "docs/images").glob("*.png"):
        assert picture.stat().st_size < 200_000, picture.name
