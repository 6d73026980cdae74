"""Texts as arrays of 64-bit hashes: of their units, and of runs of n units. Batches of texts at a time, no loop over words.

The hashes are our own arithmetic and the same on every machine. Among the runs of a million documents (6 * 10^8) about
0.01 pairs are expected to collide, so equal hashes are taken for equal runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from secondhalf.clean.duplicates.columns import lengths_of
from secondhalf.clean.duplicates.fold import Flags, Indices, fold_texts

U64 = np.uint64
Hashes = NDArray[np.uint64]
"""64-bit hashes."""
Integer = TypeVar("Integer", bound=np.integer)
# The constants of splitmix64 (Steele, Lea, Flood 2014); what matters is that they are odd and have no pattern.
STEP, _FIRST, _SECOND = U64(0x9E3779B97F4A7C15), U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
_BASE = 0xD6E8FEB86659FD93
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], U64)
_LONG = 256
_CHARACTERS, _TEXTS = 200_000, 1000


@dataclass(frozen=True)
class Units:
    """The units of a batch of texts, one after the other."""

    hashes: Hashes
    """Shape (units,): of them all."""
    counts: Indices
    """Shape (texts,): how many each text has."""
    spaceless: Flags
    """Shape (texts,): whether most of them stand in a script without spaces."""

    @cached_property
    def ends(self) -> Indices:
        """Shape (texts,): where each text's units end in `hashes`."""
        return np.cumsum(self.counts)

    @cached_property
    def sums(self) -> Hashes:
        """Shape (units + 1,): sums of the hashes times the powers of a base: a run's hash is a difference of two."""
        sums = np.zeros(len(self.hashes) + 1, U64)
        np.cumsum(self.hashes * _powers(len(self.hashes))[0], out=sums[1:])
        return sums


def batches(texts: Sequence[str]) -> Iterator[slice]:
    """Runs of texts small enough for the arrays of a batch to stay in a core's cache."""
    start = size = 0
    for index, length in enumerate(lengths_of(texts)):
        if index > start and (size + length > _CHARACTERS or index - start == _TEXTS):
            yield slice(start, index)
            start, size = index, 0
        size += length
    if texts:
        yield slice(start, len(texts))


def hash_units(texts: Sequence[str]) -> Units:
    """The units of the texts, hashed eight bytes at a time."""
    folded, ends, spaceless = fold_texts(texts)
    buffer = folded + b" " * 8
    blanks = np.flatnonzero(np.frombuffer(buffer, np.uint8) == ord(" "))
    lengths = np.diff(blanks)
    nonempty = np.flatnonzero(lengths > 1)
    starts, lengths = blanks[nonempty] + 1, lengths[nonempty] - 1
    # Eight bytes from every offset, without a copy. A blank's byte never gets into a hash: it is masked away.
    words = np.ndarray((len(buffer) - 7,), "V8", buffer, strides=(1,))
    hashes = _stir(words[starts].view("<u8") & _MASKS.take(lengths, mode="clip"))
    longer = np.flatnonzero(lengths > 8)
    for offset in range(8, _LONG, 8):
        if not len(longer):
            break
        block = words[starts[longer] + offset].view("<u8") & _MASKS.take(lengths[longer] - offset, mode="clip")
        hashes[longer] = _stir((hashes[longer] ^ block) + STEP)
        longer = longer[lengths[longer] > offset + 8]
    for index in longer.tolist():
        unit = buffer[starts[index] : starts[index] + lengths[index]]
        hashes[index] = int.from_bytes(blake2b(unit, digest_size=8).digest(), "little")
    return Units(hashes, np.diff(np.searchsorted(starts, ends), prepend=0), spaceless)


def hash_runs(units: Units, size: int) -> tuple[Hashes, Indices]:
    """The hash of the run of `size` units from each unit on, and the index of its text, in the order of the units.

    A run that would pass the end of its text gets the number of texts as its index: it belongs to none. The last ones,
    which would pass the end of the batch, are left out.
    """
    total = max(len(units.hashes) + 1 - size, 0)
    rows = np.repeat(np.arange(len(units.counts)), units.counts)
    last = units.ends[:, None] - np.arange(1, size)
    rows[last[last >= (units.ends - units.counts)[:, None]]] = len(units.counts)
    values = (units.sums[size:] - units.sums[:total]) * _powers(len(units.hashes))[1][:total]
    return mix(values), rows[:total]


def hash_texts(units: Units) -> Hashes:
    """Shape (texts,): one hash of all the units of each text, in their order; that of an empty text is always the same."""
    starts = units.ends - units.counts
    return mix((units.sums[units.ends] - units.sums[starts]) * _powers(len(units.hashes) + 1)[1][starts])


def mix(values: Hashes) -> Hashes:
    """Every bit of the result depends on every bit of the value; in place. A bijection, so it adds no collision."""
    values ^= values >> U64(32)
    values *= _FIRST
    values ^= values >> U64(29)
    values *= _SECOND
    values ^= values >> U64(32)
    return values


def sorted_unique(values: NDArray[Integer]) -> NDArray[Integer]:
    """The values in order, each once. A sort is several times faster than numpy.unique, which builds a hash table."""
    ordered = np.sort(values)
    unique: NDArray[Integer] = ordered[np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])]
    return unique


def _stir(values: Hashes) -> Hashes:
    """Half of `mix`: enough for what is mixed again in a run."""
    values *= _FIRST
    values ^= values >> U64(32)
    return values


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """The first powers of an odd base modulo 2^64, and of its inverse: runs start anywhere, yet hash as if at 0."""
    powers, inverses = _many_powers(1 << count.bit_length())
    return powers[:count], inverses[:count]


@lru_cache(maxsize=4)
def _many_powers(count: int) -> tuple[Hashes, Hashes]:
    bases = np.full((2, count), [[_BASE], [pow(_BASE, -1, 1 << 64)]], U64)
    bases[:, 0] = 1
    powers = np.cumprod(bases, axis=1)
    return powers[0], powers[1]
