"""What choosing some rows of many did to a share, and correction for many such claims."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secondhalf.errors import UserError

_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class SelectionEffect:
    """What a selection did to the share of rows with some property. Shares are 0 to 1.

    `difference` is after minus before with its 95 % interval; `p` is two-sided and exact (Fisher): how likely a selection of
    as many rows without regard to the property moves its share as far.
    """

    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float


def selection_effect(kept_with: int, kept: int, all_with: int, total: int) -> SelectionEffect:
    """The property's share among the `kept` of `total` rows; `kept_with` and `all_with` count the rows that have it.

    The interval is Newcombe's for kept minus refused (1998, method 10), scaled to kept minus all. Rows count as
    independent: near-duplicates make it too narrow. Raises UserError on counts that cannot be.
    """
    refused, refused_with = total - kept, all_with - kept_with
    if not (0 <= kept_with <= kept and 0 <= refused_with <= refused):
        raise UserError(f"{kept_with} of {kept} kept and {all_with} of {total} in all cannot be: count the rows again.")
    if not kept or not refused:
        share = all_with / total if total else 0.0
        after = share if kept else 0.0
        return SelectionEffect(share, after, after - share, after - share, after - share, 1.0)
    before, after, gone = all_with / total, kept_with / kept, refused_with / refused
    low_kept, high_kept = wilson(kept_with, kept)
    low_gone, high_gone = wilson(refused_with, refused)
    scale = refused / total
    low = after - gone - math.hypot(after - low_kept, high_gone - gone)
    high = after - gone + math.hypot(high_kept - after, gone - low_gone)
    return SelectionEffect(
        before, after, after - before, scale * low, scale * high, _fisher(kept_with, kept, all_with, total)
    )


def holm(ps: Sequence[float]) -> list[float]:
    """The p values corrected for being so many (Holm 1979), in the order given: below 0.05 holds for all of them at once."""
    order = sorted(range(len(ps)), key=lambda i: ps[i])
    corrected, largest = [1.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, ps[i] * (len(ps) - rank)))
        corrected[i] = largest
    return corrected


def wilson(count: float, total: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    share, z = count / total, _Z95**2 / total
    middle, half = (share + z / 2) / (1 + z), math.sqrt(z * (share * (1 - share) + z / 4)) / (1 + z)
    return max(0.0, middle - half), min(1.0, middle + half)


def _fisher(kept_with: int, kept: int, all_with: int, total: int) -> float:
    """Two-sided: the probability of every count that is no likelier than the one seen, all margins given."""
    first, last = max(0, all_with + kept - total), min(all_with, kept)
    k = np.arange(first, last, dtype=np.float64)
    steps = np.log(all_with - k) + np.log(kept - k) - np.log(k + 1) - np.log(total - all_with - kept + k + 1)
    logs = np.concatenate(([0.0], np.cumsum(steps)))
    chances = np.exp(logs - logs.max())
    seen = chances[kept_with - first]
    return min(1.0, float(chances[chances <= seen * (1 + 1e-7)].sum() / chances.sum()))
