"""Krippendorff's alpha: how far any number of raters agree, each of whom rated some of the units.

alpha = 1 - observed / expected disagreement, over the coincidences of values within units (Krippendorff, "Computing
Krippendorff's Alpha-Reliability", 2011). 1 is agreement throughout, 0 what chance gives, below 0 worse than that.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from secondhalf.statistics.paired import Interval

Level = Literal["nominal", "ordinal", "interval"]
_Matrix = NDArray[np.float64]


def krippendorff_alpha(
    units: Sequence[Sequence[Hashable]], level: Level = "nominal", *, seed: int = 0, resamples: int = 1000
) -> Interval | None:
    """Alpha over units [units][ratings], missing ratings left out, with a bootstrap interval over the units.

    None where no unit has two ratings. Where every rating is the same there is nothing that chance could disagree on: alpha is
    then 1. `level`: what difference two values have: any, by rank, by distance; for the latter two values are numbers.
    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return None
    values: list[Hashable] = sorted({value for unit in paired for value in unit}, key=_order)
    counts = _counts(paired, values)
    distance = _DISTANCES[level]
    alpha = _alpha(counts, values, distance)
    rng = np.random.default_rng(seed)
    # One resample at a time: memory follows the units, not their thousandfold.
    resampled = [_alpha(counts[rng.integers(0, len(counts), len(counts))], values, distance) for _ in range(resamples)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Interval(alpha, float(low), float(high), len(counts), 1)


def _order(value: Hashable) -> tuple[bool, float, str]:
    number = isinstance(value, int | float)
    return not number, float(value) if isinstance(value, int | float) else 0.0, str(value)


def _counts(units: Sequence[Sequence[Hashable]], values: Sequence[Hashable]) -> _Matrix:
    """How often each unit has each value, [units, values]."""
    counts = np.zeros((len(units), len(values)))
    place = {value: index for index, value in enumerate(values)}
    for row, unit in zip(counts, units, strict=True):
        for value, count in Counter(unit).items():
            row[place[value]] = count
    return counts


def _alpha(
    counts: _Matrix, values: Sequence[Hashable], distance: Callable[[_Matrix, Sequence[Hashable]], _Matrix]
) -> float:
    weights = counts / (counts.sum(axis=1, keepdims=True) - 1)
    coincidences = weights.T @ counts - np.diag(weights.sum(axis=0))
    totals = coincidences.sum(axis=0)
    differences = distance(totals, values)
    expected = float(totals @ differences @ totals) / (float(totals.sum()) - 1)
    if not expected:
        return 1.0
    return 1.0 - float((coincidences * differences).sum()) / expected


def _nominal(totals: _Matrix, values: Sequence[Hashable]) -> _Matrix:
    return 1.0 - np.eye(len(values))


def _ordinal(totals: _Matrix, values: Sequence[Hashable]) -> _Matrix:
    """The ratings between two values and half of those at either, squared."""
    middles = np.cumsum(totals) - totals / 2
    differences: _Matrix = (middles[:, None] - middles[None, :]) ** 2
    return differences


def _interval(totals: _Matrix, values: Sequence[Hashable]) -> _Matrix:
    numbers = np.array(values, float)
    differences: _Matrix = (numbers[:, None] - numbers[None, :]) ** 2
    return differences


_DISTANCES: Mapping[Level, Callable[[_Matrix, Sequence[Hashable]], _Matrix]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}
