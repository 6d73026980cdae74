"""Differences between the means of two groups of rows that have nothing to do with one another, unlike `paired`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from secondhalf.statistics.paired import RESAMPLES, score_matrix
from secondhalf.statistics.resampling import Matrix, Part, half_width, residual, seed_part
from secondhalf.statistics.selection import wilson


@dataclass(frozen=True, slots=True)
class IndependentComparison:
    """Group a minus group b, with its 95 % interval, in the score's own units.

    `p` is two-sided, by permutation: how often rows dealt into two such groups at random differ as far. `noise` is true
    unless the interval leaves out 0 and p < 0.05.
    """

    difference: float
    low: float
    high: float
    p: float
    rows_a: int
    rows_b: int
    noise: bool


def compare_independent(
    a: ArrayLike, b: ArrayLike, *, shares: bool = False, seed: int = 0, resamples: int = RESAMPLES
) -> IndependentComparison:
    """Mean of a minus mean of b: both [rows] or [seeds, rows], of equally many training seeds.

    `shares`: the scores are 0 or 1, and the interval is Newcombe's (1998, method 10), which holds for rare events and for
    none at all; otherwise it is Welch's, with the spread over seeds where there are several. Raises UserError on NaN, and
    on fewer than two rows in a group.
    """
    scores_a, scores_b = score_matrix(a, "group a"), score_matrix(b, "group b")
    means_a, means_b = scores_a.mean(axis=0), scores_b.mean(axis=0)
    difference = float(means_a.mean() - means_b.mean())
    if shares:
        (low_a, high_a), (low_b, high_b) = (wilson(float(rows.sum()), len(rows)) for rows in (means_a, means_b))
        low = difference - float(np.hypot(means_a.mean() - low_a, high_b - means_b.mean()))
        high = difference + float(np.hypot(high_a - means_a.mean(), means_b.mean() - low_b))
    else:
        half = _half_width(scores_a, scores_b)
        low, high = difference - half, difference + half
    p = _permuted(means_a, means_b, np.random.default_rng(seed), resamples)
    return IndependentComparison(difference, low, high, p, len(means_a), len(means_b), p >= 0.05 or low <= 0 <= high)


def _half_width(a: Matrix, b: Matrix) -> float:
    rows = [Part(float(means.var(ddof=1)) / len(means), len(means) - 1) for means in (a.mean(axis=0), b.mean(axis=0))]
    if len(a) < 2:
        return half_width(rows)
    left = [residual(a), residual(b)]
    within = Part(sum(part.variance for part in left), sum(part.df for part in left))
    return half_width(rows, [seed_part(a.mean(axis=1) - b.mean(axis=1), within)])


def _permuted(a: Matrix, b: Matrix, rng: np.random.Generator, resamples: int) -> float:
    rows = np.concatenate([a, b])
    observed = abs(a.mean() - b.mean())
    slack = 1e-9 * float(np.abs(rows).sum())
    as_extreme = 0
    for _ in range(resamples):
        shuffled = rng.permutation(rows)
        as_extreme += abs(shuffled[: len(a)].mean() - shuffled[len(a) :].mean()) >= observed - slack
    return (as_extreme + 1) / (resamples + 1)
