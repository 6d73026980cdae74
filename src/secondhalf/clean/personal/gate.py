"""What is looked up in every text before any pattern is tried: where may a long number be, has it full-width digits?

Most documents have neither, so this has to cost next to nothing.
"""

import re

# A digit becomes 0, what people put between digits a blank, the rest x. In Latin-1 every character is one byte and
# Japanese signs become question marks, which therefore count as blanks.
_NUMBERS = bytes(
    0x30 if byte in b"0123456789" else 0x20 if byte in b" -.()?" or byte >= 0x80 else 0x78 for byte in range(256)
)
# Begins with a fixed sign, which makes the search fast.
_DIGITS = re.compile(rb"0[0 ]{8,}")
# Full-width ASCII and the full-width blank, one character for one, so that offsets stay what they were.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE_SIGN = re.compile("[＠－]|[０-９][０-９－ー−‐（）　 -]{4}")


def number_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each part of the text that may hold a number of nine digits or more, however it is grouped.

    Each part begins a little before its digits, for the letters of an account, and ends a little after them.
    """
    numbers = text.encode("latin-1", "replace").translate(_NUMBERS)
    if numbers.count(b"0") < 9:
        return []
    runs = (run.span() for run in _DIGITS.finditer(numbers))
    return [(max(0, start - 16), end + 8) for start, end in runs if numbers.count(b"0", start, end) >= 9]


def fold_full_width(text: str) -> str:
    """Full-width digits and signs as ASCII, every other character as it was; the length does not change."""
    if text.isascii() or not any(sign in text for sign in "＠－０１２３４５６７８９"):
        return text
    return text.translate(_WIDE) if _WIDE_SIGN.search(text) else text
