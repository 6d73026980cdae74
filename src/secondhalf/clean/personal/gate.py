"""What a text cannot contain, found in a few microseconds, so that most documents meet no pattern at all.

One pass over the bytes turns every digit into 0 and leaves out what people put between digits; a search for a run of
zeros then says whether any long number can be there. The two other passes do the same for dotted numbers and for keys.
"""

import re
from dataclasses import dataclass

_DIGITS = frozenset(b"0123456789")
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/+")
_BETWEEN = bytes([*b" -.()", *range(0x80, 0x100)])


def _table(zero: frozenset[int], kept: bytes = b"") -> bytes:
    return bytes(0x30 if byte in zero else byte if byte in kept else 0x78 for byte in range(256))


_NUMBERS = _table(_DIGITS)
_DOTTED = _table(_DIGITS, b".")
_TOKENS = _table(_WORD)

# Full-width ASCII and the full-width blank, one character for one, so that offsets stay what they were.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE_SIGN = re.compile("[＠－]|[０-９][０-９－ー−‐（）　 -]{4}")


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be in a text: a number of nine digits or more, four dotted numbers, a run of twenty key characters."""

    number: bool
    dotted: bool
    token: bool


def gate(text: str) -> Gate:
    """May say yes to a text without any, never no to a text with one."""
    data = text.encode("utf-8", "surrogatepass")
    number = b"000000000" in data.translate(_NUMBERS, _BETWEEN)
    dots = data.translate(_DOTTED) if text.count(".") >= 3 else b""
    dotted = b"0.0" in dots and (b".0.0" in dots or b".00." in dots or b".000." in dots)
    return Gate(number, dotted, b"0" * 20 in data.translate(_TOKENS))


def fold(text: str) -> str:
    """Full-width digits and signs as ASCII, every other character as it was; the length does not change."""
    return text if text.isascii() or not _WIDE_SIGN.search(text) else text.translate(_WIDE)
