"""Characters that lie: what reorders, hides or controls text is written as ⟨U+202E⟩, so that a page or a terminal shows
what it holds, and a terminal never obeys a text.

Right-to-left letters themselves stay, and so do joiners (Persian, Indic scripts and emoji need them).
"""

import unicodedata

# Format characters that are drawn or join letters; every other one is invisible or moves text about.
_HARMLESS = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_KEPT = frozenset("\n\t")


def escape_invisible(text: str) -> str:
    """The text with control, format, separator and surrogate characters written out; newlines are made one kind."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if is_visible(c) else f"⟨U+{ord(c):04X}⟩" for c in text.replace("\r\n", "\n"))


def is_visible(character: str) -> bool:
    """Whether a character shows what it is: letters, signs, blanks, and the newline and tab that a text is laid out with."""
    if character in _KEPT or character in _HARMLESS:
        return True
    # Hangul fillers and the Braille blank count as letters and symbols, and are invisible all the same.
    return (
        unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        and character not in "\u115f\u1160\u3164\uffa0\u2800"
    )
