"""What two texts have in common when case, punctuation and blanks do not matter: the same units in the same order.

A unit is a run of letters, digits and marks, lower-cased after NFKC; in a script without spaces, one character.
"""

import bisect
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from secondhalf.text.language import spaceless_share

Flags = NDArray[np.bool_]
Indices = NDArray[np.integer]
"""Indices or counts, signed, of 64 bits."""

_BLANK = 32
# Lower-cases A-Z, keeps a-z and 0-9; all else is a blank.
_FOLD_ASCII = bytes(ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else _BLANK for c in range(256))
# What NFKC makes of U+203E and U+2017, which are punctuation, is a blank and one of these marks.
_MARKS_OF_PUNCTUATION = "\u0305\u0333"
# No letter, digit or mark lies beyond, but for the selectors of variants.
_LAST = 0x34000


def fold_texts(texts: Sequence[str]) -> tuple[bytes, Indices, Flags]:
    """The texts' units in UTF-8, one or more blanks between them and around them; where each text ends in these bytes;
    and whether most of its units stand in a script without spaces. Arrays of shape (texts,)."""
    spaceless = np.zeros(len(texts), bool)
    joined = _fold_plain(" ".join(("", *texts, "")))
    if joined is not None:
        return joined, np.cumsum([len(text) + 1 for text in texts]), spaceless
    parts = []
    for index, text in enumerate(texts):
        part = _fold_plain(text)
        if part is None:
            part, spaceless[index] = _fold_any(text)
        parts.append(part)
    return b" ".join((b"", *parts, b"")), np.cumsum([len(part) + 1 for part in parts]), spaceless


def _fold_plain(text: str) -> bytes | None:
    """The short way, for text that is ASCII but for dashes, quotes and blanks from U+2000 to U+202F: most English."""
    if text.isascii():
        return text.encode().translate(_FOLD_ASCII)
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), "<u2")
    if not ((codes < 128) | (codes - np.uint16(0x2000) < 0x30)).all():
        return None
    return codes.astype(np.uint8).tobytes().translate(_FOLD_ASCII)  # the lower bytes from 0x00 to 0x2F are all blanks


def _fold_any(text: str) -> tuple[bytes, bool]:
    codes, alone = _codes(_composed(text))
    units, single = np.count_nonzero(codes != _BLANK), np.count_nonzero(alone)
    if single:
        sizes = 1 + 2 * alone.astype(np.int64)
        ends = np.cumsum(sizes)[alone]
        codes = np.repeat(codes, sizes)
        codes[ends - 1] = codes[ends - 3] = _BLANK
    plain = codes.tobytes().decode("utf-32-le", "surrogatepass")
    return plain.encode("utf-8", "surrogatepass"), bool(single > 0.3 * units)


def unit_span(text: str, first: int, last: int) -> tuple[int, int]:
    """Where the units from `first` to `last` stand, both included: start and end, in characters of `text`."""
    composed = _composed(text)
    codes, alone = _codes(composed)
    solid = codes != _BLANK
    joined = solid[1:] & solid[:-1] & ~alone[1:] & ~alone[:-1]
    edge = np.ones(1, bool)
    start = int(np.flatnonzero(solid & np.concatenate((edge, ~joined)))[first])
    end = int(np.flatnonzero(solid & np.concatenate((~joined, edge)))[last]) + 1
    if composed == text:
        return start, end
    # NFKC changes lengths: the offsets meant are sought among the lengths that the text's beginnings come to. Whatever
    # NFKC melts into a unit's last character, such as an accent, belongs to it.
    ends = range(len(text) + 1)

    def length(end: int) -> int:
        return len(_composed(text[:end]))

    last_end = length(bisect.bisect_left(ends, end, key=length))
    return bisect.bisect_right(ends, start, key=length) - 1, bisect.bisect_right(ends, last_end, key=length) - 1


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", _endless_marks().sub(r"\1", text))


@cache
def _endless_marks() -> re.Pattern[str]:
    """More than 30 marks in a row (the limit of UAX #15, stream-safe text): Python puts them in order in quadratic time."""
    marks = "".join(chr(code) for code in range(_LAST) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{30}})[{marks}]+")


def _codes(composed: str) -> tuple[NDArray[np.uint32], Flags]:
    """Each character's folded code point, and whether it is a unit by itself."""
    folded, alone = _tables()
    codes = np.frombuffer(composed.encode("utf-32-le", "surrogatepass"), "<u4")
    return folded[codes], alone[codes]


@cache
def _tables() -> tuple[NDArray[np.uint32], Flags]:
    """By code point: the lower case of what is in a unit and a blank for the rest; what is a unit by itself."""
    folded = np.full(0x110000, _BLANK, "<u4")
    alone = np.zeros(0x110000, bool)
    for code in range(_LAST):
        character = chr(code)
        if unicodedata.category(character)[0] in "LNM" and character not in _MARKS_OF_PUNCTUATION:
            folded[code] = ord(character.lower()[0])
            alone[code] = code >= 0x3040 and spaceless_share(character) > 0
    return folded, alone
