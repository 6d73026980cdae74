"""Which hashed character n-grams a text has, for many texts at once: what the classifier sees of it.

Case and the values of digits do not count, line ends do: a line's first words tell a list, a turn or a heading.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 14
"""How many features n-grams are hashed to."""
LONGEST = 5
"""Characters of the longest n-grams; shorter ones count too."""
MOST = 4000
"""Characters of a text that are read, from its beginning: pairs are far shorter."""

# A blank by itself stays as it is.
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*+| [^\S\n]++")
_LINE_ENDS = re.compile(r" ?\n[ \n]*+")
_ZERO, _ONE, _NINE = np.uint32(ord("0")), np.uint32(ord("1")), np.uint32(9)
_FACTOR, _MIX, _SHIFT = np.uint32(0x01000193), np.uint32(0x9E3779B1), np.uint32(32 - 14)


def presence(texts: Sequence[str]) -> NDArray[np.bool_]:
    """A row for each text, BUCKETS wide: whether it has an n-gram of 1 to LONGEST characters of that hash."""
    rows = np.zeros((len(texts), BUCKETS), np.bool_)
    folded = [_fold(text) for text in texts]
    lengths = np.array([len(text) for text in folded])
    codes = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.where(codes - _ONE < _NINE, _ZERO, codes)
    first = np.repeat(np.arange(0, rows.size, BUCKETS, dtype=np.uint32), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(codes))
    flat, hashes = rows.reshape(-1), np.zeros(len(codes), np.uint32)
    for n in range(1, LONGEST + 1):
        count = len(codes) - n + 1
        if count <= 0:
            break
        hashes = hashes[:count] * _FACTOR + codes[n - 1 :] + np.uint32(n)
        places = first[:count] + ((hashes * _MIX) >> _SHIFT)
        flat[places[left[:count] >= n]] = True
    return rows


def _fold(text: str) -> str:
    text = _BLANKS.sub(" ", text[:MOST].strip().lower())
    return f"\n{_LINE_ENDS.sub(chr(10), text)}\n" if "\n" in text else f"\n{text}\n"
