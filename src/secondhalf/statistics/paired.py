"""Means, differences between arms and their power, by a paired bootstrap.

Prompts are resampled for both arms together (a paired bootstrap), and training seeds as well where there are several:
the two-way bootstrap of Owen (2007, "The pigeonhole bootstrap"), which errs on the wide side. A plain bootstrap of few
values is too narrow, so spreads are rescaled by n/(n-1) and intervals widened to Student's t, with Satterthwaite's
degrees of freedom. Knows nothing of where scores come from; refuses scores that are not numbers, and a single prompt.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from secondhalf.errors import UserError
from secondhalf.statistics.permutation import sign_flip_test

Matrix = NDArray[np.float64]
Arm = Mapping[str, float] | Sequence[Mapping[str, float]]

RESAMPLES = 10_000
_CELLS = 2_000_000  # Scores held at once while resampling: 16 MB an array.
_Z95, _Z80 = 1.959964, 0.841621
# Student's t at 97.5 % by degrees of freedom; between them 1/df is interpolated (below 2 up to 3 % too wide).
_DF = np.array([1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, math.inf])
_T95 = np.array(
    [12.706, 8.028, 6.017, 4.303, 3.575, 3.182, 2.776, 2.571, 2.447, 2.306, 2.228, 2.131, 2.086, 2.042, 2.000, _Z95]
)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean score and its 95 % interval, in the score's own units."""

    mean: float
    low: float
    high: float
    prompts: int
    seeds: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Arm a minus arm b, with its 95 % interval, in the score's own units.

    `p` is the larger of two two-sided tests: the bootstrap's, and sign flips over prompts, which guard small samples.
    `noise` is true unless the interval leaves out 0 and p < 0.05. `smallest` is the smallest true difference that so
    many prompts and seeds show 4 times in 5 (80 % power at 5 %), by the spread of the paired differences.
    """

    difference: float
    low: float
    high: float
    p: float
    prompts: int
    seeds_a: int
    seeds_b: int
    noise: bool
    smallest: float


def estimate(values: ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """The mean of scores [prompts] or [seeds, prompts]. Raises UserError on NaN, and on fewer than two prompts."""
    scores = score_matrix(values, "the scores")
    resampled, _ = _bootstrap([scores], np.random.default_rng(seed), resamples)
    low, high = _percentiles(resampled)
    return Interval(float(scores.mean()), low, high, scores.shape[1], scores.shape[0])


def compare(a: ArrayLike, b: ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES) -> Comparison:
    """Arm a against arm b, both [prompts] or [seeds, prompts], prompt by prompt in one order (`align` makes it so).

    Arms with equally many seeds are paired by seed; an arm of one row (untrained, or one seed) keeps it in every
    resample; other numbers of seeds are resampled apart. Raises UserError on NaN, fewer than two prompts, or arms
    whose numbers of prompts differ.
    """
    scores_a, scores_b = score_matrix(a, "arm a"), score_matrix(b, "arm b")
    if scores_a.shape[1] != scores_b.shape[1]:
        raise UserError(
            f"Arm a has {scores_a.shape[1]} prompts and arm b {scores_b.shape[1]}: score the same prompts in both arms."
        )
    unpaired = scores_a.shape[0] != scores_b.shape[0] and min(scores_a.shape[0], scores_b.shape[0]) > 1
    terms = [scores_a, -scores_b] if unpaired else [scores_a - scores_b]
    rng = np.random.default_rng(seed)
    resampled, (error, factor) = _bootstrap(terms, rng, resamples)
    low, high = _percentiles(resampled)
    below, above = int((resampled <= 0).sum()), int((resampled >= 0).sum())
    bootstrap = min(1.0, 2 * (min(below, above) + 1) / (resamples + 1))
    by_prompt = np.sum([term.mean(axis=0) for term in terms], axis=0)
    p = max(bootstrap, sign_flip_test(by_prompt, rng, resamples))
    noise = p >= 0.05 or low <= 0 <= high
    smallest = (factor * _Z95 + _Z80) * error
    difference = float(by_prompt.mean())
    return Comparison(
        difference, low, high, p, scores_a.shape[1], scores_a.shape[0], scores_b.shape[0], noise, smallest
    )


def align(a: Arm, b: Arm) -> tuple[Matrix, Matrix]:
    """Scores by prompt id (one mapping, or one a training seed) as two arrays [seeds, prompts], ordered by id.

    Raises UserError when the ids are not the same everywhere, naming the first that is missing.
    """
    arms = [[arm] if isinstance(arm, Mapping) else list(arm) for arm in (a, b)]
    ids = sorted({name for arm in arms for scores in arm for name in scores})
    for label, arm in zip("ab", arms, strict=True):
        if not arm:
            raise UserError(f"Arm {label} has no scores: evaluate it first.")
        for index, scores in enumerate(arm):
            missing = next((name for name in ids if name not in scores), None)
            if missing is not None:
                where = f"Arm {label}, seed {index}" if len(arm) > 1 else f"Arm {label}"
                raise UserError(f"{where} has no score for prompt {missing!r}: score the same prompts in both arms.")
    scores_a, scores_b = (
        np.array([[scores[name] for name in ids] for scores in arm], dtype=np.float64) for arm in arms
    )
    return scores_a, scores_b


def score_matrix(values: ArrayLike, what: str) -> Matrix:
    """Scores as [seeds, prompts]. Raises UserError on another shape, on NaN, and on fewer than two prompts."""
    scores = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if scores.ndim != 2 or scores.shape[0] == 0:
        raise UserError(f"Scores come as [prompts] or [seeds, prompts], and {what} have the shape {scores.shape}.")
    if scores.shape[1] < 2:
        raise UserError(
            f"An interval needs at least two prompts, and {what} hold {scores.shape[1]}: score more prompts."
        )
    bad = np.argwhere(~np.isfinite(scores))
    if len(bad):
        row, column = bad[0]
        where = f"prompt {column}, seed {row}" if len(scores) > 1 else f"prompt {column}"
        raise UserError(
            f"In {what}, {where} (counted from 0) is no finite number: score it again, or leave that prompt out."
        )
    return scores


def _bootstrap(terms: list[Matrix], rng: np.random.Generator, resamples: int) -> tuple[Matrix, tuple[float, float]]:
    """Resampled means of the sum of `terms`, each [its seeds, prompts]; prompts are drawn once for all of them.

    Also returns the standard error and the factor by which Student's t passes the normal's 1.96.
    """
    prompts = terms[0].shape[1]
    mean = float(np.sum([term.mean() for term in terms]))
    error, factor = _error(terms)
    stretched = [_stretched(term) for term in terms]
    # The share of each seed in each resample; drawn first, so that the chunks below do not change the draws.
    shares = [
        rng.multinomial(len(term), np.full(len(term), 1 / len(term)), size=resamples) / len(term) for term in stretched
    ]
    resampled = np.empty(resamples)
    chunk = max(1, _CELLS // prompts)
    for start in range(0, resamples, chunk):
        part = slice(start, min(start + chunk, resamples))
        picked = rng.integers(0, prompts, size=(part.stop - part.start, prompts), dtype=np.int32)
        if all(len(term) == 1 for term in stretched):
            resampled[part] = np.sum(stretched, axis=0)[0][picked].mean(axis=1)
        else:
            rows = np.sum([share[part] @ term for share, term in zip(shares, stretched, strict=True)], axis=0)
            resampled[part] = np.take_along_axis(rows, picked, axis=1).mean(axis=1)
    return mean + (resampled - mean) * factor, (error, factor)


def _stretched(term: Matrix) -> Matrix:
    """Spreads of seeds and of prompts scaled by sqrt(n/(n-1)): what a bootstrap of n values loses."""
    seeds, prompts = term.shape
    by_prompt = term.mean(axis=0, keepdims=True) - term.mean()
    by_seed = term.mean(axis=1, keepdims=True) - term.mean()
    scale = math.sqrt(seeds / (seeds - 1)) - 1 if seeds > 1 else 0.0
    return np.asarray(term + by_prompt * (math.sqrt(prompts / (prompts - 1)) - 1) + by_seed * scale)


def _error(terms: list[Matrix]) -> tuple[float, float]:
    """The standard error of the mean over prompts and seeds, and Student's t over 1.96 at its degrees of freedom."""
    by_prompt = np.sum([term.mean(axis=0) for term in terms], axis=0)
    spreads = [by_prompt, *(term.mean(axis=1) for term in terms if len(term) > 1)]
    parts = [(float(spread.var(ddof=1)) / len(spread), len(spread) - 1) for spread in spreads]
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return 0.0, 1.0
    inverse = sum((variance / total) ** 2 / df for variance, df in parts)
    return math.sqrt(total), student_t95(inverse) / _Z95


def student_t95(inverse: float) -> float:
    """Student's t at 97.5 %, by the inverse of its degrees of freedom."""
    return float(np.interp(inverse, 1 / _DF[::-1], _T95[::-1]))


def _percentiles(resampled: Matrix) -> tuple[float, float]:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(low), float(high)
