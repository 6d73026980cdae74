"""The sketch of a set of shingles: two sets agree in a slot of it with the probability of their Jaccard similarity.

This is MinHash as Fast Similarity Sketching does it (Dahlgaard, Knudsen, Thorup, FOCS 2017): instead of 128 minima over
the whole set, a shingle falls into one of 128 slots and the least of each slot is kept. Slots left empty are filled
by another round with other hashes; what is empty after eight rounds takes a minimum over the whole set, as in the classical
scheme. Unlike one-permutation hashing, which copies into empty slots, every slot is a sample of its own, so that
short texts are found as well as by 128 permutations. A round costs one pass over the shingles, not 128.
"""

import numpy as np
from numpy.typing import NDArray

from secondhalf.clean.duplicates.fold import Flags, Indices
from secondhalf.clean.duplicates.units import STEP, U64, Hashes, mix

Sketches = NDArray[np.uint32]
"""Shape (texts, slots)."""
EMPTY = np.uint32(0xFFFFFFFF)
_ROUNDS = 8


def sketch_shingles(shingles: Hashes, rows: Indices, texts: int, slots: int) -> Sketches:
    """The sketch of each text from the hashes of its shingles and the index of the text each is in.

    Shingles of the index `texts` belong to none. A text without shingles has nothing but EMPTY.
    """
    sketches = np.full((texts + 1, slots), EMPTY, np.uint32)
    _round(sketches, shingles, rows, first=True)
    nonempty = (sketches != EMPTY).any(axis=1)
    nonempty[texts] = False
    _round(sketches, shingles << U64(25) | shingles >> U64(39), rows)
    for turn in range(2, _ROUNDS):
        chosen = np.flatnonzero((nonempty & (sketches == EMPTY).any(axis=1))[rows])
        if turn == 2:
            # Few different shingles are left here, though perhaps many times each: once will do.
            chosen = chosen[np.lexsort((shingles[chosen], rows[chosen]))]
            shingles, rows = shingles[chosen], rows[chosen]
            chosen = np.flatnonzero((np.diff(shingles, prepend=U64(0)) != 0) | (np.diff(rows, prepend=-1) != 0))
        if not len(chosen):
            return sketches[:texts]
        shingles, rows = shingles[chosen], rows[chosen]
        _round(sketches, mix(shingles + _salt(turn)), rows)
    _fill(sketches, shingles, rows, nonempty)
    return sketches[:texts]


def _round(sketches: Sketches, hashes: Hashes, rows: Indices, first: bool = False) -> None:
    """Puts each hash into the slot its upper half says, where that was empty, and keeps the least lower half."""
    slots = sketches.shape[1]
    flat = sketches.reshape(-1)
    targets = ((hashes >> U64(32)) * U64(slots) >> U64(32)).view(np.int64)
    targets += rows * slots
    if not first:
        chosen = np.flatnonzero((flat == EMPTY).take(targets))
        targets, hashes = targets[chosen], hashes[chosen]
    np.minimum.at(flat, targets, hashes.astype(np.uint32))


def _fill(sketches: Sketches, shingles: Hashes, rows: Indices, nonempty: Flags) -> None:
    """Fills what is still empty with the least hash of all shingles of the text, under a hash of the slot's own."""
    texts, slots = np.nonzero((sketches == EMPTY) & nonempty[:, None])
    if not len(texts):
        return
    bounds = np.searchsorted(rows, np.arange(len(sketches) + 1))
    starts, counts = bounds[texts], bounds[texts + 1] - bounds[texts]
    first = np.cumsum(counts) - counts
    inside = np.arange(counts.sum()) - np.repeat(first, counts)
    hashes = mix(shingles[np.repeat(starts, counts) + inside] + np.repeat(_salt(_ROUNDS + slots), counts))
    sketches[texts, slots] = np.minimum.reduceat(hashes.astype(np.uint32), first)


def _salt(turn: int | Indices) -> Hashes:
    return np.asarray(turn, U64) * STEP
