"""When two texts are the same to a person: width, case, kind of kana and of quote make no difference."""

import re

from secondhalf.text.normal_form import normal_form

# Katakana to hiragana (ァ to ヶ lie 0x60 above their hiragana), and typographic quotes to plain ones.
_SAME = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'}


def normalise(text: str) -> str:
    """NFKC, outer white space removed, lines kept: full-width digits and half-width kana become ordinary."""
    return normal_form("NFKC", text.replace("\r\n", "\n")).strip()


def fold(text: str) -> str:
    """`normal`, without case, kind of kana, kind of quote or length of white space."""
    return " ".join(normalise(text).casefold().translate(_SAME).split())


def lines(text: str) -> list[str]:
    """The non-blank lines of `normal`, without outer white space."""
    return [line.strip() for line in normalise(text).split("\n") if line.strip()]


def occurrences(text: str, wanted: str) -> int:
    """How often `wanted` stands in the text, both folded, without overlap.

    Where `wanted` begins or ends in a Latin letter or digit it has to be a whole word, or its plural in -s or -es; a
    final * takes any ending ("bak*": bake, baking). Japanese has no such bounds: any substring counts.
    """
    bare = fold(wanted.removesuffix("*"))
    before = "(?<![a-z0-9])" if re.match("[a-z0-9]", bare) else ""
    after = "(?:e?s)?(?![a-z0-9])" if re.search("[a-z]$", bare) else "(?![0-9])" if re.search("[0-9]$", bare) else ""
    return len(re.findall(before + re.escape(bare) + ("" if wanted.endswith("*") else after), fold(text)))
