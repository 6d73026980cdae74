"""How a gain grows with the number of pairs: a line over their logarithm, with the uncertainty of prompts and training seeds.

    gain(n) = a + b * log2(n)

Every value of the line, and its slope, is a weighted sum of the measured gains, with weights that follow from the sizes alone. So
its interval is that of every comparison here: prompts are resampled together over all sizes, and training seeds are a random
effect (resampling.py). What it does not cover is that the line may be the wrong shape: nothing that was measured says so beyond
the largest size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from secondhalf.errors import UserError
from secondhalf.statistics.paired import FEWEST_SEEDS, RESAMPLES, score_matrix
from secondhalf.statistics.resampling import Matrix, resampled_means

FEWEST_SIZES = 3
"""Different numbers of pairs below which there is no line: through two points there is always one."""


@dataclass(frozen=True, slots=True)
class SizedScores:
    """An arm trained on so many pairs, and what it is compared with, on the same prompts in one order: [seeds, prompts] each."""

    pairs: int
    scores: Matrix
    against: Matrix


@dataclass(frozen=True, slots=True)
class CurveValue:
    """The line at a number of pairs (or its slope: the gain by doubling them), with its 95 % interval, in the score's units."""

    value: float
    low: float
    high: float


class ScalingFit:
    """The line through arms of several sizes. Raises UserError for fewer than FEWEST_SIZES sizes and for other prompts."""

    def __init__(self, sizes: Sequence[SizedScores], *, seed: int = 0, resamples: int = RESAMPLES) -> None:
        if len({one.pairs for one in sizes}) < FEWEST_SIZES:
            raise UserError(
                f"A curve over the number of pairs needs {FEWEST_SIZES} different numbers at least, and there are "
                f"{len({one.pairs for one in sizes})}: train on others too."
            )
        self._terms = [(score_matrix(one.scores, "an arm"), score_matrix(one.against, "an arm")) for one in sizes]
        if len({term.shape[1] for pair in self._terms for term in pair}) != 1:
            raise UserError(
                "The arms of a curve were asked different numbers of prompts: score the same in all of them."
            )
        self._along = np.log2([one.pairs for one in sizes])
        self._seed, self._resamples = seed, resamples
        self.uncovered = any(len(one.scores) < FEWEST_SEEDS for one in sizes)
        """True where an arm has too few training seeds: intervals then cover the choice of prompts alone."""

    def at(self, pairs: float) -> CurveValue:
        """The line at so many pairs."""
        centred = self._along - self._along.mean()
        return self._weighted(
            1 / len(centred) + (math.log2(pairs) - self._along.mean()) * centred / float(centred @ centred)
        )

    @property
    def slope(self) -> CurveValue:
        """What each doubling of the pairs adds."""
        centred = self._along - self._along.mean()
        return self._weighted(centred / float(centred @ centred))

    def _weighted(self, weights: Matrix) -> CurveValue:
        terms = []
        for weight, (scores, against) in zip(weights, self._terms, strict=True):
            terms += [weight * scores, -weight * against]
        resampled, _ = resampled_means(terms, np.random.default_rng(self._seed), self._resamples)
        low, high = np.percentile(resampled, [2.5, 97.5])
        return CurveValue(float(sum(term.mean() for term in terms)), float(low), float(high))
