"""Refuses what is not running text: tables, grammars, code, lists of links."""

import re

from pydantic import Field

from secondhalf.clean.rule import above, below
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class ProseSettings(Settings):
    """Shares of characters and lines, 0 to 1."""

    min_letters: float = Field(0.7, ge=0, le=1)
    """Least share of letters among the non-blank characters. Gopher asks for letters in 80 % of words."""

    max_code_lines: float = Field(0.3, ge=0, le=1)
    """Largest share of lines that look like code or a grammar: deeply indented, a prompt (>>>), ::=, braces. Ours."""


_CODE = re.compile(
    r"^(\s{5,}\S|\s*(>>>|\.\.\. |\$ |#include|def |class \w+[:(]|import |from \w+ import )|.*(::=|[{};]\s*$))"
)

_NO_LETTERS = bytes(c for c in range(128) if not chr(c).isalpha())


def check_prose(document: Document, settings: ProseSettings) -> Verdict:
    """Score: the share of letters among the non-blank characters, 0 to 1."""
    solid = "".join(document.text.split())
    letters = _count_letters(solid) / len(solid) if solid else 0.0
    lines = [line for line in document.text.splitlines() if line.strip()]
    code = sum(bool(_CODE.match(line)) for line in lines) / len(lines) if lines else 0.0
    if letters < settings.min_letters:
        reason = below("too few letters", letters, settings.min_letters, "clean.prose.min_letters")
        return Verdict(document.id, "prose", False, letters, reason)
    if code > settings.max_code_lines:
        reason = above("mostly code", code, settings.max_code_lines, "clean.prose.max_code_lines")
        return Verdict(document.id, "prose", False, letters, reason)
    return Verdict(document.id, "prose", True, letters)


def _count_letters(text: str) -> int:
    if text.isascii():
        return len(text.encode("ascii").translate(None, _NO_LETTERS))
    return sum(map(str.isalpha, text))
