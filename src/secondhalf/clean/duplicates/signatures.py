"""What is kept of each document to find its duplicates: a hash of all of it, and its sketch; of each text by itself."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.duplicates.columns import lengths_of
from secondhalf.clean.duplicates.fold import Flags, Indices
from secondhalf.clean.duplicates.shingles import ShingleSettings, hash_shingles
from secondhalf.clean.duplicates.sketch import Sketches, sketch_shingles
from secondhalf.clean.duplicates.units import U64, Hashes, Units, batches, hash_texts, hash_units
from secondhalf.store.workers import ALONE, Workers

# The first so many units (128 MB) are kept to verify pairs; what comes after is hashed again when a pair asks for it.
# Half of a hash will do: two shingles would have to differ in one word only, and that word to collide in 32 bits.
_KEPT_UNITS = 1 << 25
_TEXTS = 2000  # of which a cluster makes the signatures at a time


class SignatureSettings(ShingleSettings):
    """What a sketch is made of."""

    permutations: int = Field(128, ge=16, le=1024)
    """Slots of a sketch: samples of the MinHash estimate. FineWeb has 112; most libraries take 128."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """By document: a hash of all its units, their number, whether its script is spaceless, its sketch."""

    digests: Hashes
    counts: Indices
    spaceless: Flags
    sketches: Sketches
    kept: NDArray[np.uint32]
    """The units of the first documents, one after the other: the upper half of their hashes."""
    ends: Indices
    """By document: where its units end, in `kept` or beyond."""


def compute_signatures(texts: Sequence[str], settings: SignatureSettings) -> Signatures:
    """The signatures of texts, batch by batch."""
    size = len(texts)
    digests, counts, spaceless = np.zeros(size, U64), np.zeros(size, np.int64), np.zeros(size, bool)
    sketches = np.empty((size, settings.permutations), np.uint32)
    kept = np.empty(min(_KEPT_UNITS, sum(lengths_of(texts))), np.uint32)  # a page of it is taken when it is written to
    used = 0
    for batch in batches(texts):
        units = hash_units(texts[batch])
        digests[batch], counts[batch], spaceless[batch] = hash_texts(units), units.counts, units.spaceless
        hashes, rows = hash_shingles(units, settings)
        sketches[batch] = sketch_shingles(hashes, rows, len(units.counts), settings.permutations)
        room = units.hashes[: len(kept) - used]
        kept[used : used + len(room)] = room >> U64(32)
        used += len(room)
    return Signatures(digests, counts, spaceless, sketches, kept[:used], np.cumsum(counts))


def compute_all_signatures(texts: Sequence[str], settings: SignatureSettings, workers: Workers = ALONE) -> Signatures:
    """As `compute_signatures`; on a cluster some texts are a task, for each text's signature is made of it alone."""
    if not workers.on_cluster or not len(texts):
        return compute_signatures(texts, settings)
    size = len(texts)
    whole = Signatures(
        np.zeros(size, U64),
        np.zeros(size, np.int64),
        np.zeros(size, bool),
        np.empty((size, settings.permutations), np.uint32),
        np.empty(min(_KEPT_UNITS, sum(lengths_of(texts))), np.uint32),
        np.zeros(size, np.int64),
    )
    used, keeps = 0, True
    for start, part in _parts(texts, settings, workers):
        rows = slice(start, start + len(part.counts))
        whole.digests[rows], whole.counts[rows], whole.spaceless[rows] = part.digests, part.counts, part.spaceless
        whole.sketches[rows] = part.sketches
        room = part.kept[: len(whole.kept) - used] if keeps else part.kept[:0]
        whole.kept[used : used + len(room)] = room
        used += len(room)
        keeps = keeps and len(room) == part.counts.sum()  # those that are kept stand without a gap
    np.cumsum(whole.counts, out=whole.ends)
    return replace(whole, kept=whole.kept[:used])


def _parts(texts: Sequence[str], settings: SignatureSettings, workers: Workers) -> Iterator[tuple[int, Signatures]]:
    """The signatures of _TEXTS texts after the other, with the number of the first; few are under way at a time."""
    make = partial(compute_signatures, settings=settings)
    with workers.pool() as pool:
        pending = deque[tuple[int, Any]]()
        for start in range(0, len(texts), _TEXTS):
            pending.append((start, pool.submit(make, texts[start : start + _TEXTS])))
            if len(pending) >= 2 * workers.count:
                first, future = pending.popleft()
                yield first, future.result()
        for first, future in pending:
            yield first, future.result()


def units_of(indices: Indices, texts: Sequence[str], signatures: Signatures) -> Units:
    """The units of those texts: as they were kept, or as they would be, hashed again."""
    counts, ends = signatures.counts[indices], signatures.ends[indices]
    parts = [signatures.kept[end - count : end] for end, count in zip(ends.tolist(), counts.tolist(), strict=True)]
    missing = np.flatnonzero(ends > len(signatures.kept)).tolist()
    missing_texts = [texts[int(indices[part])] for part in missing]
    for batch in batches(missing_texts):
        units = hash_units(missing_texts[batch])
        for part, hashes in zip(missing[batch], np.split(units.hashes, units.ends[:-1]), strict=True):
            parts[part] = (hashes >> U64(32)).astype(np.uint32)
    return Units(np.concatenate(parts).astype(U64), counts, signatures.spaceless[indices])
