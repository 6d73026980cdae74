"""Which documents may be alike: those whose sketches agree in a whole band (locality-sensitive hashing)."""

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from secondhalf.clean.duplicates.fold import Indices
from secondhalf.clean.duplicates.sketch import Sketches
from secondhalf.clean.duplicates.units import STEP, U64, mix, sorted_unique
from secondhalf.store.workers import ALONE, Workers

# Most documents of one bucket that a later one is compared with: the first in hash order. It bounds what a crowd costs.
_FIRST_OF_BUCKET = 32
# Below the threshold by so many standard errors of the sketch, a pair is not looked at: one true pair in 30,000.
_DEVIATIONS = 4
_PAIRS = 1 << 15


def band_shape(threshold: float, slots: int, recall: float) -> tuple[int, int]:
    """Bands and rows: the most rows with which a pair at the threshold is found with probability `recall`.

    That probability is 1 - (1 - threshold^rows)^bands (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4.2).
    """
    for rows in range(slots, 1, -1):
        bands = slots // rows
        if 1 - (1 - threshold**rows) ** bands >= recall:
            return bands, rows
    return slots, 1


def candidates(
    sketches: Sketches, chosen: Indices, threshold: float, recall: float, workers: Workers = ALONE
) -> tuple[Indices, Indices]:
    """Pairs of the chosen documents that share a band and whose sketches agree about as often as the threshold says.

    `sketches` are in hash order, and so are `chosen`, indices of them, and the pairs, as (later, earlier). One sort per band,
    and no copy of the sketches; on a cluster a band is a task, and the sketches lie once on each node.
    """
    count, slots = sketches.shape
    bands, rows = band_shape(threshold, slots, recall)
    least = slots * (threshold - _DEVIATIONS * (threshold * (1 - threshold) / slots) ** 0.5)
    find = partial(_band_pairs, sketches=sketches, chosen=chosen, rows=rows, least=least)
    pairs: Indices = np.empty(0, np.int64)
    if workers.on_cluster:
        with workers.pool() as pool:
            for found in pool.map(find, range(bands)):
                pairs = sorted_unique(np.concatenate((pairs, found)))
    else:
        for band in range(bands):
            pairs = sorted_unique(np.concatenate((pairs, find(band))))
    return np.divmod(pairs, max(count, 1))


def _band_pairs(band: int, sketches: Sketches, chosen: Indices, rows: int, least: float) -> Indices:
    """The pairs of one band whose sketches are alike enough, each as later * documents + earlier."""
    columns = (sketches[chosen, slot] for slot in range(band * rows, (band + 1) * rows))
    pairs: Indices = np.empty(0, np.int64)
    for later, earlier in _bucket_pairs(columns, len(chosen)):
        for start in range(0, len(later), _PAIRS):
            one, other = (chosen[side[start : start + _PAIRS]] for side in (later, earlier))
            alike = np.count_nonzero(sketches[one] == sketches[other], axis=1) >= least
            pairs = np.concatenate((pairs, one[alike] * len(sketches) + other[alike]))
    return pairs


def _bucket_pairs(columns: Iterable[Sketches], count: int) -> Iterator[tuple[Indices, Indices]]:
    """Each document of a bucket with the bucket's first, then with its second, and so on, as far as they come before.

    `columns` are those of a band, of shape (count,).
    """
    hashes = np.zeros(count, U64)
    for column in columns:
        hashes *= STEP
        hashes += column
    # Hash and index in one integer: one plain sort puts equal hashes together, in hash order. What the hash loses to
    # the index only adds a candidate now and then.
    bits = U64(max(count - 1, 1).bit_length())
    keys = mix(hashes)
    keys >>= bits
    keys <<= bits
    keys |= np.arange(count, dtype=U64)
    keys.sort()
    indices = (keys & ((U64(1) << bits) - U64(1))).view(np.int64)
    keys >>= bits
    is_first = np.concatenate((np.ones(min(count, 1), bool), keys[1:] != keys[:-1]))
    del hashes, keys
    # By place: where its bucket begins. In 32 bits, for of a million documents each of these is what others take in all.
    position = np.arange(count, dtype=np.int32)
    begin = np.maximum.accumulate(np.where(is_first, position, np.int32(0)))
    for rank in range(_FIRST_OF_BUCKET):
        chosen = np.flatnonzero(begin + rank < position)
        if not len(chosen):
            return
        position, begin = position[chosen], begin[chosen]
        yield indices[position], indices[begin + rank]
