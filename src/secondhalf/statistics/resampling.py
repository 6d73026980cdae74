"""Resampled means over prompts and training seeds, as wide as few seeds demand.

Prompts are resampled, as a paired bootstrap does. Training seeds are not: a draw of three from three has few outcomes, and
drawing both counts three times what a seed does to a single prompt. What seeds add is estimated as a random effect and
drawn from a normal distribution. The width then follows Student's t, in squares halfway between Satterthwaite's degrees
of freedom, which promise too much where a few seeds happen to agree, and a t of its own for each part (Cochran 1964), which
promises too little. `benchmarks/coverage.py` simulates how often the truth is covered.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

Z95 = 1.959964
_CELLS = 2_000_000  # Scores held at once while resampling: 16 MB an array.
# Student's t at 97.5 % by degrees of freedom; between them 1/df is interpolated (below 2 up to 3 % too wide).
_DF = np.array([1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, math.inf])
_T95 = np.array(
    [12.706, 8.028, 6.017, 4.303, 3.575, 3.182, 2.776, 2.571, 2.447, 2.306, 2.228, 2.131, 2.086, 2.042, 2.000, Z95]
)


class Spread(NamedTuple):
    """How far a mean may be from its truth."""

    prompts: float
    """Variance of the mean by the choice of prompts."""
    seeds: float
    """Variance of the mean by the choice of training seeds, beyond what prompts show."""
    half_width: float
    """Of the 95 % interval, were it symmetric."""

    @property
    def error(self) -> float:
        """The standard error."""
        return math.sqrt(self.prompts + self.seeds)

    @property
    def factor(self) -> float:
        """How many times the normal's 1.96 standard errors the half width is."""
        return self.half_width / (Z95 * self.error) if self.error else 1.0


def spread(terms: Sequence[Matrix]) -> Spread:
    """Of the mean of the sum of `terms`, each [its seeds, prompts], over the same prompts."""
    size = terms[0].shape[1]
    by_prompt = np.sum([term.mean(axis=0) for term in terms], axis=0)
    prompts = float(by_prompt.var(ddof=1)) / size
    seeds = [seed_part(term.mean(axis=1), residual(term)) for term in terms if len(term) > 1]
    return Spread(prompts, sum(part.net for part in seeds), half_width([Part(prompts, size - 1)], seeds))


class Part(NamedTuple):
    """One source of a mean's variance, as it was estimated; `within` is what of that other parts hold too."""

    variance: float
    df: float
    within: float = 0.0
    within_df: float = 1.0

    @property
    def net(self) -> float:
        """What it adds."""
        return max(0.0, self.variance - self.within)


def seed_part(by_seed: Matrix, within: "Part") -> Part:
    """What the choice of training seeds adds to a mean, by the means [seeds] under each; `within`: the residual in them.

    What seeds do to single prompts shows in the means of seeds and in those of prompts, and counts once. Of two seeds it
    cannot be told from what they do to all prompts, and counts twice.
    """
    count = len(by_seed)
    variance = float(by_seed.var(ddof=1)) / count
    return Part(variance, count - 1, within.variance if count > 2 else 0.0, within.df)


def residual(term: Matrix) -> Part:
    """Variance of the mean by what neither the seed nor the prompt alone explains; term [2 or more seeds, prompts]."""
    seeds, prompts = term.shape
    left = term - term.mean(axis=0, keepdims=True) - term.mean(axis=1, keepdims=True) + term.mean()
    df = (seeds - 1) * (prompts - 1)
    return Part(float(np.square(left).sum() / (df * seeds * prompts)), df)


def half_width(rows: Sequence[Part], seeds: Sequence[Part] = ()) -> float:
    """Of a 95 % interval whose variance is the sum of the parts: of the choice of prompts (or rows), and of training seeds."""
    cochran = _satterthwaite(rows) + sum(student_t95(1 / part.df) ** 2 * part.net for part in seeds)
    return math.sqrt((_satterthwaite([*rows, *seeds]) + cochran) / 2)


def _satterthwaite(parts: Sequence[Part]) -> float:
    """The squared half width by one t for all parts."""
    added = [part for part in parts if part.net > 0]
    total = sum(part.net for part in added)
    if total <= 0:
        return 0.0
    estimates = [pair for part in added for pair in ((part.variance, part.df), (part.within, part.within_df))]
    return student_t95(sum((variance / total) ** 2 / df for variance, df in estimates)) ** 2 * total


def resampled_means(terms: Sequence[Matrix], rng: np.random.Generator, resamples: int) -> tuple[Matrix, Spread]:
    """Resampled means [resamples] of the sum of `terms`, stretched to the width of `spread`, which is returned too."""
    by_prompt = np.sum([term.mean(axis=0) for term in terms], axis=0)
    size, mean, wide = len(by_prompt), float(by_prompt.mean()), spread(terms)
    # A bootstrap of n values loses sqrt(n / (n - 1)) of their spread.
    deviations = (by_prompt - mean) * math.sqrt(size / (size - 1))
    resampled = math.sqrt(wide.seeds) * rng.standard_normal(resamples)  # first, so that chunks do not change the draws
    chunk = max(1, _CELLS // size)
    for start in range(0, resamples, chunk):
        part = slice(start, min(start + chunk, resamples))
        picked = rng.integers(0, size, size=(part.stop - part.start, size), dtype=np.int32)
        resampled[part] += deviations[picked].mean(axis=1)
    return mean + wide.factor * resampled, wide


def student_t95(inverse: float) -> float:
    """Student's t at 97.5 %, by the inverse of its degrees of freedom."""
    return float(np.interp(inverse, 1 / _DF[::-1], _T95[::-1]))
