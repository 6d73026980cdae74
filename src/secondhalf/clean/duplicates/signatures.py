"""What is kept of each document to find its duplicates: a hash of all of it, and its sketch; of each text by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from secondhalf.clean.duplicates.fold import Array
from secondhalf.clean.duplicates.shingles import ShingleSettings, shingles
from secondhalf.clean.duplicates.sketch import sketch
from secondhalf.clean.duplicates.units import U64, Units, batches, hash_texts, hash_units

# The first so many units (128 MB) are kept to verify pairs; what comes after is hashed again when a pair asks for it.
# Half of a hash will do: two shingles would have to differ in one word only, and that word to collide in 32 bits.
_KEPT_UNITS = 1 << 25


class SignatureSettings(ShingleSettings):
    """What a sketch is made of."""

    permutations: int = Field(128, ge=16, le=1024)
    """Places of a sketch: samples of the MinHash estimate. FineWeb has 112; most libraries take 128."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """By document: a hash of all its units (uint64), their number, whether its script is spaceless, its sketch (uint32).

    `kept` has the units of the first documents, one after the other (the upper half of their hashes); `ends` says where
    each one's end, there or beyond.
    """

    digests: Array
    counts: Array
    spaceless: Array
    sketches: Array
    kept: Array
    ends: Array


def sign(texts: Sequence[str], settings: SignatureSettings) -> Signatures:
    """The signatures of texts, batch by batch."""
    size = len(texts)
    digests, counts, spaceless = np.zeros(size, U64), np.zeros(size, np.int64), np.zeros(size, bool)
    sketches = np.empty((size, settings.permutations), np.uint32)
    kept = np.empty(min(_KEPT_UNITS, sum(map(len, texts))), np.uint32)  # a page of it is taken when it is written to
    used = 0
    for batch in batches(texts):
        units = hash_units(texts[batch])
        digests[batch], counts[batch], spaceless[batch] = hash_texts(units), units.counts, units.spaceless
        hashes, rows = shingles(units, settings)
        sketches[batch] = sketch(hashes, rows, len(units.counts), settings.permutations)
        room = units.hashes[: len(kept) - used]
        kept[used : used + len(room)] = room >> U64(32)
        used += len(room)
    return Signatures(digests, counts, spaceless, sketches, kept, np.cumsum(counts))


def units_of(numbers: Array, texts: Sequence[str], made: Signatures) -> Units:
    """The units of some of the texts, by their numbers: as they were kept, or as they would be, hashed again."""
    counts, ends = made.counts[numbers], made.ends[numbers]
    parts = [made.kept[end - count : end] for end, count in zip(ends.tolist(), counts.tolist(), strict=True)]
    missing = np.flatnonzero(ends > len(made.kept)).tolist()
    wanted = [texts[int(numbers[place])] for place in missing]
    for batch in batches(wanted):
        units = hash_units(wanted[batch])
        for place, hashes in zip(missing[batch], np.split(units.hashes, units.ends[:-1]), strict=True):
            parts[place] = (hashes >> U64(32)).astype(np.uint32)
    return Units(np.concatenate(parts).astype(U64), counts, made.spaceless[numbers])
