"""How often runs of characters repeat, counted on hashes, one sorted array a length."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def gram_shares(
    text: str, top: Collection[int], repeated: Collection[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """By n: the share of the most frequent n-gram of characters among all of them, for each n in `top`; and the share of the
    different n-grams that occur more than once, for each n in `repeated`. 0 for a text shorter than n; blanks count.

    Runs are compared by 64-bit hashes: among a million of them two different ones are taken for one with a chance of 3e-8.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    # Scattered first, so that sums of small code points cannot meet.
    letters = (codes + np.uint64(1)) * _MULTIPLIER
    letters ^= letters >> np.uint64(29)
    tops, repeats = dict.fromkeys(top, 0.0), dict.fromkeys(repeated, 0.0)
    hashes = letters
    for n in range(1, min(len(letters), max((*tops, *repeats, 0))) + 1):
        if n > 1:
            hashes = hashes[:-1] * _MULTIPLIER + letters[n - 1 :]
        if n in tops or n in repeats:
            ordered = np.sort(hashes)
            same = ordered[1:] == ordered[:-1]
            if n in tops:
                tops[n] = _top_count(same) / len(ordered)
            if n in repeats:
                repeats[n] = _repeated_share(same)
    return tops, repeats


def _top_count(same: NDArray[np.bool_]) -> int:
    """How often the most frequent gram occurs: its run of equal neighbours, and one."""
    breaks = np.flatnonzero(~same)
    return int(np.diff(breaks, prepend=-1, append=len(same)).max())


def _repeated_share(same: NDArray[np.bool_]) -> float:
    """The share of different grams that occur twice or more: each is one run of equal neighbours."""
    repeats = int(np.count_nonzero(same))
    runs = int(np.count_nonzero(same[1:] > same[:-1])) + int(bool(repeats and same[0]))
    return runs / (len(same) + 1 - repeats)
