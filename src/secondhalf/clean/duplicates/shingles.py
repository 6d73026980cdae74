"""The shingles of documents: runs of five words, or of five characters where words have no spaces."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from secondhalf.clean.duplicates.fold import Array
from secondhalf.clean.duplicates.units import Units, hash_runs, hash_texts
from secondhalf.settings import Settings


class ShingleSettings(Settings):
    """How many units make a shingle."""

    words: int = Field(5, ge=1, le=50)
    """Words in a shingle. Lee et al. (arXiv 2107.06499) and FineWeb (arXiv 2406.17557) have 5."""

    characters: int = Field(5, ge=1, le=100)
    """Characters in a shingle of a text in a script without spaces. The Swallow corpus (arXiv 2404.17733) has 5."""


def shingles(units: Units, settings: ShingleSettings) -> tuple[Array, Array]:
    """Hashes of the shingles and the text each is in. A text shorter than a shingle has one, of all its units.

    Hashes whose text is the number of texts are to be left out.
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


def jaccard(units: Units, pairs: Sequence[tuple[int, int]], settings: ShingleSettings) -> Array:
    """The exact Jaccard similarity of the sets of shingles of each pair of texts; both have units."""
    hashes, rows = shingles(units, settings)
    chosen = np.flatnonzero(rows < len(units.counts))
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    hashes = hashes[chosen] & ~np.uint64(1)
    bounds = np.searchsorted(rows[chosen], np.arange(len(units.counts) + 1)).tolist()
    similar = np.zeros(len(pairs))
    for index, (one, other) in enumerate(pairs):
        first, second = hashes[bounds[one] : bounds[one + 1]], hashes[bounds[other] : bounds[other + 1]]
        # The lowest bit says which text a shingle is of. In both texts, it counts twice with the bit and once without.
        sides = np.concatenate((first, second | np.uint64(1)))
        sides.sort()
        apart = 1 + np.count_nonzero(sides[1:] != sides[:-1])
        sides >>= np.uint64(1)
        union = 1 + np.count_nonzero(sides[1:] != sides[:-1])
        similar[index] = (apart - union) / union
    return similar
