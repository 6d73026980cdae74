"""The units that two texts are compared by, whatever stands around them: words, and single characters of scripts without spaces.

`text.ngrams.units` decides by the whole text whether words or characters count, which is right for one text's statistics. Here a
Japanese sentence quoted in an English text has the same units as it has alone. Case, width, Unicode's forms, punctuation,
line ends, hyphens at them, and characters that nobody sees make no difference.
"""

import re
from functools import lru_cache

from secondhalf.text.normal_form import normal_form

# Kana, ideographs, and the scripts of South East Asia that put no spaces between words.
_ALONE = (
    "\u0e01-\u0e5b\u0e81-\u0edf\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fa1f"
)
_FIRST_ALONE = "\u0e00"
# A run of letters, digits and the marks upon them; an underscore is punctuation.
_UNIT = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}](?:[^\W_{_ALONE}]|[\u0300-\u036f])*")
# ASCII without apostrophes, in lower case, all but letters and digits blank: split, it is a fifth of the work of a pattern.
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | dict.fromkeys(b"'`")
_IS_ALONE = re.compile(f"[{_ALONE}]")
_WRAPPED = re.compile(r"(?<=\w)[-\u2010\u2011][^\S\n]*+\n\s*+(?=\w)")
_UNSEEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'\u2019\u02bc`\u00b4]")
# English is often ASCII but for these: what is ASCII is read several times faster.
_QUOTES_AND_DASHES = ("\u201c", "\u201d", "\u2018", "\u2013", "\u2014", "\u2026", "\u00a0")
_PIECE = re.compile(
    r"(?<=\w)[-\u2010\u2011][^\S\n]*+\n\s*+(?=\w)|.[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u1160-\u11ff]*", re.DOTALL
)


@lru_cache(maxsize=32)
def comparable_units(text: str) -> tuple[str, ...]:
    """The units of a text in order. Kept for the last texts: several checks look at one pair after another."""
    if text.isascii():
        return tuple((_WRAPPED.sub("", text) if "\n" in text else text).translate(_ASCII).split())
    plain = _plain(text)
    return tuple(plain.translate(_ASCII).split() if plain.isascii() else _UNIT.findall(plain))


def spaceless_units(units: tuple[str, ...]) -> bool:
    """Whether most of the units are single characters of a script without spaces."""
    return max(units, default="") > _FIRST_ALONE and 2 * sum(map(is_spaceless_unit, units)) > len(units)


def is_spaceless_unit(unit: str) -> bool:
    """Whether a unit is a single character of a script without spaces."""
    return len(unit) == 1 and unit > _FIRST_ALONE and _IS_ALONE.match(unit) is not None


def unit_span(text: str, first: int, last: int) -> tuple[int, int]:
    """Start and end, in characters of `text`, of its units from `first` to `last`, both included; (-1, -1) where they are lost.

    NFKC changes lengths, so the text is put into its form piece by piece, a letter with its marks.
    """
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _PIECE.finditer(text):
        form = _plain(piece[0]) if "\n" not in piece[0][1:] else ""
        plain.append(form)
        starts += [piece.start()] * len(form)
        ends += [piece.end()] * len(form)
    spans = [match.span() for match in _UNIT.finditer("".join(plain))]
    if len(spans) != len(comparable_units(text)):
        return -1, -1
    return starts[spans[first][0]], ends[spans[last][1] - 1]


def _plain(text: str) -> str:
    """The text in lower case and NFKC, without apostrophes, hyphens at line ends and what nobody sees."""
    if "\n" in text:
        text = _WRAPPED.sub("", text)
    if not text.isascii():
        for mark in _QUOTES_AND_DASHES:
            text = text.replace(mark, " ")
        text = text.replace("\u2019", "")
    if text.isascii():
        return text.replace("'", "").replace("`", "").lower()
    return normal_form("NFKC", _UNSEEN.sub("", text)).casefold()
