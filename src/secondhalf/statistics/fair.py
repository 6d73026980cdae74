"""How far a share is from the value that would be fair, such as 0.5, and whether one arm is farther than another.

A mean's distance bends at the fair value, where a plain bootstrap of it misleads. So each arm is turned to the side that it
leans to, where its distance is a mean like any other; and where that side is not shown, the interval is the widest that
either side gives.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from secondhalf.statistics.paired import RESAMPLES, Comparison, compare, estimate, score_matrix
from secondhalf.statistics.resampling import Matrix


def compare_distance(
    a: ArrayLike,
    b: ArrayLike,
    *,
    fair: float = 0.5,
    training_seeds: tuple[int, int] = (0, 0),
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison:
    """The distance of arm a's mean from `fair` minus that of arm b's; above 0 arm a is farther away.

    Scores as for `compare`, with its errors. In simulations of 40 and 300 pairs the 95 % interval holds the true difference
    93 to 100 times in 100 (tests/statistics/test_fair.py).
    """
    sides = [
        _sides(score_matrix(scores, f"arm {name}"), fair, seed, resamples) for scores, name in ((a, "a"), (b, "b"))
    ]
    candidates = [
        compare(side_a, side_b, training_seeds=training_seeds, seed=seed, resamples=resamples)
        for side_a in sides[0]
        for side_b in sides[1]
    ]  # the first is that of the sides which the arms lean to
    observed = candidates[0]
    low = observed.difference + min(candidate.low - candidate.difference for candidate in candidates)
    high = observed.difference + max(candidate.high - candidate.difference for candidate in candidates)
    smallest = max(candidate.smallest for candidate in candidates)
    noise = observed.uncovered or observed.p >= 0.05 or low <= 0 <= high
    return replace(observed, low=low, high=high, smallest=smallest, noise=noise)


def _sides(scores: Matrix, fair: float, seed: int, resamples: int) -> list[Matrix]:
    """The scores' excess over `fair` towards the side that they lean to; the other side too where that is not shown."""
    interval = estimate(scores, seed=seed, resamples=resamples)
    towards = 1.0 if interval.mean >= fair else -1.0
    excess = np.asarray(towards * (scores - fair))
    return [excess, -excess] if interval.low <= fair <= interval.high else [excess]
