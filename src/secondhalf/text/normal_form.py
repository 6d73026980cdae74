"""Unicode's normal forms in time that grows with the text.

Python's `unicodedata.normalize` puts combining marks in order by moving each past those before it: twenty thousand marks on
one letter take half a second, a hundred thousand fifteen. Runs that long are put in order here first; the result is the same.
"""

import re
import sys
import unicodedata
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
# Shorter texts cannot hold enough marks to matter, and need not be searched for them.
_SHORT = 1000
# Marks in a row up to which Python's order costs nothing: the limit of UAX #15's stream-safe text.
_MOST = 30
# No mark that moves another lies beyond, and these alone of those that decompose to one are letters to Unicode.
_LAST, _VOICING = 0x20000, "\uff9e\uff9f"


def normal_form(form: Form, text: str) -> str:
    """`unicodedata.normalize(form, text)`, whatever the text (UAX #15)."""
    if len(text) > _SHORT and not text.isascii():
        decomposed: Form = "NFKD" if "K" in form else "NFD"
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        # A lookup costs a fortieth of a search for a class of characters.
        if np.count_nonzero(_is_mark(decomposed)[codes]) > _MOST:
            text = _many_marks(decomposed).sub(lambda run: _in_order(run[0], decomposed), text)
    return unicodedata.normalize(form, text)


def _in_order(marks: str, form: Form) -> str:
    """A run of marks, each decomposed by itself, by combining class; marks of one class stay in their order."""
    apart = "".join(unicodedata.normalize(form, mark) for mark in marks)
    return "".join(sorted(apart, key=unicodedata.combining))


@cache
def _is_mark(form: Form) -> NDArray[np.bool_]:
    """By code point: whether all that a character decomposes to are combining marks."""
    flags = np.zeros(sys.maxunicode + 1, np.bool_)
    for character in map(chr, range(0x300, _LAST)):
        if unicodedata.category(character)[0] == "M" or character in _VOICING:
            flags[ord(character)] = all(map(unicodedata.combining, unicodedata.normalize(form, character)))
    return flags


@cache
def _many_marks(form: Form) -> re.Pattern[str]:
    marks = "".join(map(chr, np.flatnonzero(_is_mark(form)).tolist()))
    return re.compile(f"[{marks}]{{{_MOST + 1},}}")
