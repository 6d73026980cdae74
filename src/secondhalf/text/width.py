"""How many columns of a terminal a text takes: Japanese and Chinese characters take two, combining marks none."""

import unicodedata
from collections.abc import Iterator


def display_width(text: str) -> int:
    """The columns that a line takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def cut(text: str, columns: int) -> str:
    """The text as one line of at most `columns`; what is left out shows as …."""
    text = " ".join(text.split())
    return text if display_width(text) <= columns else next(wrapped(text, columns - 1, break_words=True)) + "…"


def wrapped(text: str, columns: int, *, break_words: bool = False) -> Iterator[str]:
    """The text in lines of at most `columns`, broken at blanks and between wide characters; elsewhere where nothing else fits."""
    line, used, last = "", 0, 0
    for character in " ".join(text.split()):
        size = _width(character)
        if used + size > columns:
            at = len(line) if break_words or not last else last
            yield line[:at].rstrip()
            line, last = line[at:].lstrip(), 0
            used = display_width(line)
        line, used = line + character, used + size
        # A line may end behind a blank or a wide character that opens nothing.
        if character == " " or (size == 2 and character not in "（「『"):
            last = len(line)
    yield line.rstrip()


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
