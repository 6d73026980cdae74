"""Refuses a document that another one before it, in the order of ids, nearly repeats.

Exact duplicates first (of the folded text), then pairs that MinHash proposes, each verified by the exact Jaccard
similarity of the two sets of shingles. It does not matter whether the earlier document was itself refused: no chains, so
the answer depends on neither order nor shards. `signatures` is a pure map step. For a million documents the sketches take
512 MB, a band 16 MB at a time; shingles are made again for the pairs, and never kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pydantic import Field

from secondhalf.clean.duplicates.bands import candidates
from secondhalf.clean.duplicates.fold import Array, fold
from secondhalf.clean.duplicates.sketch import sketch
from secondhalf.clean.duplicates.units import U64, Units, batches, hash_runs, hash_texts, hash_units
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings

_PAIRS = 1024


class NearDuplicateSettings(Settings):
    """Near-duplicate documents in the sample."""

    enabled: bool = True
    """Whether near-duplicates are looked for."""

    threshold: float = Field(0.8, gt=0, le=1)
    """Least Jaccard similarity of two sets of shingles. 0.8 as Gopher (arXiv 2112.11446, A.1.1) and Lee et al.
    (arXiv 2107.06499) have it; FineWeb (arXiv 2406.17557) aims at 0.75."""

    permutations: int = Field(128, ge=16, le=1024)
    """Places of a sketch: samples of the MinHash estimate. FineWeb has 112, the usual default of libraries is 128."""

    recall: float = Field(0.95, gt=0, lt=1)
    """Least probability that a pair at the threshold is proposed. With 0.8 and 128: 18 bands of 7, which find 98.6 % of
    such pairs, and more of closer ones. Ours."""

    words: int = Field(5, ge=1, le=50)
    """Words in a shingle. Lee et al. and FineWeb have 5."""

    characters: int = Field(5, ge=1, le=100)
    """Characters in a shingle of a text in a script without spaces. The Swallow corpus (arXiv 2404.17733) has 5."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """What is known of each document: a hash of all its units (uint64), their number, its sketch (uint32)."""

    digests: Array
    counts: Array
    sketches: Array


def near_duplicates(documents: Sequence[Document], settings: NearDuplicateSettings) -> list[Verdict]:
    """A verdict for each document, in the order given. Score: the similarity to the earliest document it repeats, or 0."""
    if not settings.enabled:
        return [Verdict(document.id, "near_duplicate", True, 0.0) for document in documents]
    order = sorted(range(len(documents)), key=lambda index: documents[index].id)
    texts = [documents[index].text for index in order]
    earlier, scores, exact = judge(texts, sign(texts, settings), settings)
    verdicts: dict[int, Verdict] = {}
    for place, index in enumerate(order):
        kind, of = ("duplicate" if exact[place] else "near-duplicate"), int(earlier[place])
        reason = f"{kind}: of {documents[order[of]].id}" if of >= 0 else ""
        verdicts[index] = Verdict(documents[index].id, "near_duplicate", of < 0, float(scores[place]), reason)
    return [verdicts[index] for index in range(len(documents))]


def signatures(documents: pa.Table, settings: NearDuplicateSettings) -> pa.Table:
    """The map step: columns id, digest (uint64), units (int64), sketch (a list of `permutations` uint32)."""
    made = sign(documents.column("text").to_pylist(), settings)
    flat = pa.array(made.sketches.reshape(-1))
    sketches = pa.FixedSizeListArray.from_arrays(flat, settings.permutations)
    columns = {"digest": pa.array(made.digests), "units": pa.array(made.counts), "sketch": sketches}
    return pa.table({"id": documents.column("id"), **columns})


def sign(texts: Sequence[str], settings: NearDuplicateSettings) -> Signatures:
    """The signatures of texts, batch by batch."""
    digests, counts = np.zeros(len(texts), U64), np.zeros(len(texts), np.int64)
    sketches = np.empty((len(texts), settings.permutations), np.uint32)
    for batch in batches(texts):
        units = hash_units(texts[batch])
        digests[batch], counts[batch] = hash_texts(units), units.counts
        shingles, rows = _shingles(units, settings)
        sketches[batch] = sketch(shingles, rows, len(units.counts), settings.permutations)
    return Signatures(digests, counts, sketches)


def judge(texts: Sequence[str], made: Signatures, settings: NearDuplicateSettings) -> tuple[Array, Array, Array]:
    """For texts in hash order: the number of the earliest one each repeats (-1: none), the score, and whether exactly."""
    earlier = np.full(len(texts), -1)
    scores = np.zeros(len(texts))
    solid = np.flatnonzero(made.counts)
    firsts, inverse = np.unique(made.digests[solid], return_index=True, return_inverse=True)[1:]
    for later, first in zip(solid.tolist(), solid[firsts[inverse]].tolist(), strict=True):
        if first != later and fold(texts[first])[0].split() == fold(texts[later])[0].split():
            earlier[later], scores[later] = first, 1.0
    exact = earlier >= 0
    kept = np.flatnonzero((made.counts > 0) & ~exact)
    later, other = (kept[side] for side in candidates(made.sketches[kept], settings.threshold, settings.recall))
    while len(later):
        # The earliest candidate of each document; the next ones only for those it did not match.
        first = np.flatnonzero(np.diff(later, prepend=-1))
        for start in range(0, len(first), _PAIRS):
            pairs = first[start : start + _PAIRS]
            similar = _jaccard(texts, later[pairs], other[pairs], settings)
            pairs, similar = pairs[similar >= settings.threshold], similar[similar >= settings.threshold]
            earlier[later[pairs]], scores[later[pairs]] = other[pairs], similar
        rest = earlier[later] < 0
        rest[first] = False
        later, other = later[rest], other[rest]
    return earlier, scores, exact


def _shingles(units: Units, settings: NearDuplicateSettings) -> tuple[Array, Array]:
    """Hashes of shingles and the text each is in; a text shorter than a shingle has one, of all its units."""
    texts = len(units.counts)
    sizes = np.where(units.spaceless, settings.characters, settings.words)
    parts = []
    for size in np.unique(sizes).tolist():
        hashes, rows = hash_runs(units, size)
        parts.append((hashes, np.where(np.append(sizes == size, True)[rows], rows, texts)))
    short = np.flatnonzero((units.counts < sizes) & (units.counts > 0))
    if len(short):
        parts.append((hash_texts(units)[short], short))
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([hashes for hashes, _ in parts]), np.concatenate([rows for _, rows in parts])


def _jaccard(texts: Sequence[str], later: Array, earlier: Array, settings: NearDuplicateSettings) -> Array:
    """The exact Jaccard similarity of the sets of shingles of each pair."""
    numbers, places = np.unique(np.concatenate((later, earlier)), return_inverse=True)
    wanted = [texts[number] for number in numbers.tolist()]
    sets: list[Array] = []
    for batch in batches(wanted):
        units = hash_units(wanted[batch])
        hashes, rows = _shingles(units, settings)
        order = np.argsort(rows, kind="stable")
        bounds = np.searchsorted(rows[order], np.arange(len(units.counts) + 1)).tolist()
        hashes = hashes[order]
        sets += [np.unique(hashes[start:end]) for start, end in zip(bounds[:-1], bounds[1:], strict=True)]
    pairs = places.reshape(2, -1).T.tolist()
    shared = [len(np.intersect1d(sets[one], sets[two], assume_unique=True)) for one, two in pairs]
    sizes = [len(sets[one]) + len(sets[two]) for one, two in pairs]
    return np.array([both / (size - both) for both, size in zip(shared, sizes, strict=True)])
