"""What is asked of every text before any pattern is tried: may it hold a long number, has it full-width digits?

Most documents have neither, so these answers have to cost next to nothing.
"""

import re

# A digit becomes 0, what people put between digits a blank, the rest x. In Latin-1 every character is one byte and
# Japanese signs become question marks, which therefore count as blanks.
_NUMBERS = bytes(
    0x30 if byte in b"0123456789" else 0x20 if byte in b" -.()?" or byte >= 0x80 else 0x78 for byte in range(256)
)
# Full-width ASCII and the full-width blank, one character for one, so that offsets stay what they were.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE_SIGN = re.compile("[＠－]|[０-９][０-９－ー−‐（）　 -]{4}")


def long_number(text: str) -> bool:
    """False: no number of nine digits or more is in the text, however it is grouped. True: there may be one."""
    numbers = text.encode("latin-1", "replace").translate(_NUMBERS)
    return numbers.count(b"0") >= 9 and b"000000000" in numbers.translate(None, b" ")


def fold(text: str) -> str:
    """Full-width digits and signs as ASCII, every other character as it was; the length does not change."""
    if text.isascii() or not any(sign in text for sign in "＠－０１２３４５６７８９"):
        return text
    return text.translate(_WIDE) if _WIDE_SIGN.search(text) else text
