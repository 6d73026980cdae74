"""What is kept of each document to find its duplicates: a hash of all of it, and its sketch. A pure map step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pydantic import Field

from secondhalf.clean.duplicates.fold import Array
from secondhalf.clean.duplicates.shingles import ShingleSettings, shingles
from secondhalf.clean.duplicates.sketch import sketch
from secondhalf.clean.duplicates.units import U64, Units, batches, hash_texts, hash_units

# The first so many units (128 MB) are kept; what comes after is hashed again when a pair asks for it.
_KEPT_UNITS = 1 << 24


class SignatureSettings(ShingleSettings):
    """What a sketch is made of."""

    permutations: int = Field(128, ge=16, le=1024)
    """Places of a sketch: samples of the MinHash estimate. FineWeb has 112; most libraries take 128."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """By document: a hash of all its units (uint64), their number, its sketch (uint32). And where the units of the first are."""

    digests: Array
    counts: Array
    sketches: Array
    kept: dict[int, tuple[Units, int]]


def signatures(documents: pa.Table, settings: SignatureSettings) -> pa.Table:
    """Columns id, digest (uint64), units (int64), sketch (a list of `permutations` uint32) of a batch of documents."""
    made = sign(documents.column("text").to_pylist(), settings)
    flat = pa.array(made.sketches.reshape(-1))
    sketches = pa.FixedSizeListArray.from_arrays(flat, settings.permutations)
    columns = {"digest": pa.array(made.digests), "units": pa.array(made.counts), "sketch": sketches}
    return pa.table({"id": documents.column("id"), **columns})


def sign(texts: Sequence[str], settings: SignatureSettings) -> Signatures:
    """The signatures of texts, batch by batch."""
    digests, counts = np.zeros(len(texts), U64), np.zeros(len(texts), np.int64)
    sketches = np.empty((len(texts), settings.permutations), np.uint32)
    kept: dict[int, tuple[Units, int]] = {}
    room = _KEPT_UNITS
    for batch in batches(texts):
        units = hash_units(texts[batch])
        digests[batch], counts[batch] = hash_texts(units), units.counts
        hashes, rows = shingles(units, settings)
        sketches[batch] = sketch(hashes, rows, len(units.counts), settings.permutations)
        room -= len(units.hashes)
        if room > 0:
            kept.update({batch.start + index: (units, index) for index in range(len(units.counts))})
    return Signatures(digests, counts, sketches, kept)


def units_of(numbers: Sequence[int], texts: Sequence[str], made: Signatures) -> Units:
    """The units of some of the texts, by their numbers: as they were kept, or hashed again."""
    missing = [number for number in numbers if number not in made.kept]
    wanted = [texts[number] for number in missing]
    known = dict(made.kept) if missing else made.kept
    for batch in batches(wanted):
        units = hash_units(wanted[batch])
        known.update({number: (units, index) for index, number in enumerate(missing[batch])})
    return Units.join([units.one(index) for units, index in map(known.__getitem__, numbers)])
