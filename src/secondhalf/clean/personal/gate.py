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
# Numbers and names of hosts with a full-width sign among them, or between plain ones.
_BETWEEN = "－ー−‐（）() 　.．-"
_WIDE_SIGN = re.compile(
    f"[＠－]|[０-９][0-9０-９{_BETWEEN}]{{4}}|[0-9][0-9{_BETWEEN}]{{0,3}}[０-９]|[0-9]．[0-9]"
    "|：：|[０-９][：:][0-9A-Fa-fＡ-Ｆａ-ｆ]"
)
_WIDE_NAME = re.compile("[０-９Ａ-Ｚａ-ｚ．]")
_WIDE_BRACKETS = ("（at", "［at", "（AT", "［AT", "（アット", "［アット", "（あっと", "［あっと")


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
    return text if text.isascii() or not _needs_folding(text) else text.translate(_WIDE)


def _needs_folding(text: str) -> bool:
    if any(sign in text for sign in "＠－．０１２３４５６７８９") and _WIDE_SIGN.search(text):
        return True
    return ("@" in text and bool(_WIDE_NAME.search(text))) or any(sign in text for sign in _WIDE_BRACKETS)
