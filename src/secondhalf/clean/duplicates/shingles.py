"""The shingles of documents: runs of five words, or of five characters where words have no spaces."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.duplicates.fold import Indices
from secondhalf.clean.duplicates.units import Hashes, Units, hash_runs, hash_texts
from secondhalf.settings import Settings


class ShingleSettings(Settings):
    """How many units make a shingle."""

    words: int = Field(5, ge=1, le=50)
    """Words in a shingle. Lee et al. (arXiv 2107.06499) and FineWeb (arXiv 2406.17557) have 5."""

    characters: int = Field(5, ge=1, le=100)
    """Characters in a shingle of a text in a script without spaces. The Swallow corpus (arXiv 2404.17733) has 5."""


def hash_shingles(units: Units, settings: ShingleSettings) -> tuple[Hashes, Indices]:
    """Hashes of the shingles and the index of the text each is in. A text shorter than a shingle has one, of all its units.

    Hashes whose index is the number of texts belong to none and are to be left out.
    """
    texts = len(units.counts)
    sizes = np.where(units.spaceless, settings.characters, settings.words)
    parts = []
    for size in np.unique(sizes).tolist():
        hashes, rows = hash_runs(units, size)
        of_size = np.append(sizes == size, True)
        parts.append((hashes, rows if of_size.all() else np.where(of_size[rows], rows, texts)))
    short = np.flatnonzero((units.counts < sizes) & (units.counts > 0))
    if len(short):
        parts.append((hash_texts(units)[short], short))
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([hashes for hashes, _ in parts]), np.concatenate([rows for _, rows in parts])


def jaccard(units: Units, pairs: Sequence[tuple[int, int]], settings: ShingleSettings) -> NDArray[np.float64]:
    """Shape (pairs,): the exact Jaccard similarity of the two sets of shingles, 0 to 1; each text of a pair has units."""
    hashes, rows = hash_shingles(units, settings)
    chosen = np.flatnonzero(rows < len(units.counts))
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    hashes = hashes[chosen] & ~np.uint64(1)
    bounds = np.searchsorted(rows[chosen], np.arange(len(units.counts) + 1)).tolist()
    similarities = np.zeros(len(pairs))
    for index, (one, other) in enumerate(pairs):
        first, second = hashes[bounds[one] : bounds[one + 1]], hashes[bounds[other] : bounds[other + 1]]
        # The lowest bit says which text a shingle is of. In both texts, it counts twice with the bit and once without.
        sides = np.concatenate((first, second | np.uint64(1)))
        sides.sort()
        distinct = 1 + np.count_nonzero(sides[1:] != sides[:-1])
        sides >>= np.uint64(1)
        union = 1 + np.count_nonzero(sides[1:] != sides[:-1])
        similarities[index] = (distinct - union) / union
    return similarities
