"""Means, differences between arms and their power, by a paired bootstrap over prompts and a random effect of training seeds.

Knows nothing of where scores come from; refuses scores that are not numbers, and a single prompt. An arm that is trained shows
nothing under fewer than three seeds: one says nothing of training noise, and no interval from two holds (benchmarks/coverage.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from secondhalf.errors import UserError
from secondhalf.statistics.permutation import sign_flip_test
from secondhalf.statistics.resampling import Z95, Matrix, resampled_means, spread
from secondhalf.statistics.selection import wilson

Arm = Mapping[str, float] | Sequence[Mapping[str, float]]

RESAMPLES = 10_000
FEWEST_SEEDS = 3
"""Training seeds that a trained arm needs before anything is shown of it."""
_Z80 = 0.841621


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
    `noise` is true unless the interval leaves out 0, p < 0.05 and training noise is covered. `smallest` is the smallest
    true difference that so many prompts and seeds show 4 times in 5 (80 % power at 5 %), by the spread of the differences.
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
    uncovered: bool = False
    """True where an arm is trained under fewer than FEWEST_SEEDS seeds: the interval covers the choice of prompts alone, and
    nothing is shown."""


def estimate(values: ArrayLike, *, share: bool = False, seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """The mean of scores [prompts] or [seeds, prompts]; where all are 0, or all 1, with Wilson's interval of a share.

    `share`: the scores are shares, and as long as all are from 0 to 1 so are both ends: see `share_interval`.
    Raises UserError on NaN, and on fewer than two prompts.
    """
    scores = score_matrix(values, "the scores")
    if share and scores.min() >= 0 and scores.max() <= 1:
        low, high = share_interval(scores)
        return Interval(float(scores.mean()), low, high, scores.shape[1], scores.shape[0])
    resampled, _ = resampled_means([scores], np.random.default_rng(seed), resamples)
    low, high = _percentiles(resampled)
    if np.isin(scores, (0, 1)).all() and np.ptp(scores) == 0:  # no event at all, or nothing else, is no certainty
        low, high = wilson(float(scores[0].sum()), scores.shape[1])
    return Interval(float(scores.mean()), low, high, scores.shape[1], scores.shape[0])


def share_interval(scores: Matrix) -> tuple[float, float]:
    """The 95 % interval of a mean of shares [seeds, prompts], within 0 and 1 (Wilson 1927).

    Of so many yes and no, by their number. Of other shares, or with training seeds, by the number of yes and no that would be as
    wide as `spread` says (the effective sample size of Korn and Graubard, Survey Methodology 24, 1998): in simulations it covers
    the truth as often as the symmetric interval or oftener (tests/statistics/test_shares.py).
    """
    mean, prompts = float(scores.mean()), scores.shape[1]
    if mean in {0.0, 1.0} or (len(scores) == 1 and np.isin(scores, (0, 1)).all()):
        return wilson(mean * prompts, prompts)
    half = spread([scores]).half_width
    if not half:
        return mean, mean
    effective = Z95**2 * mean * (1 - mean) / half**2
    return wilson(mean * effective, effective)


def compare(
    a: ArrayLike,
    b: ArrayLike,
    *,
    training_seeds: tuple[int, int] = (0, 0),
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Comparison:
    """Arm a against arm b, both [prompts] or [seeds, prompts], prompt by prompt in one order (`align` makes it so).

    Arms with equally many seeds are paired by seed; other numbers of seeds are two random effects; an arm of one row has
    none. `training_seeds`: how many seeds a's and b's models were trained under, 0: not trained, or of no concern. Raises
    UserError on NaN, fewer than two prompts, or arms whose numbers of prompts differ.
    """
    scores_a, scores_b = score_matrix(a, "arm a"), score_matrix(b, "arm b")
    if scores_a.shape[1] != scores_b.shape[1]:
        raise UserError(
            f"Arm a has {scores_a.shape[1]} prompts and arm b {scores_b.shape[1]}: score the same prompts in both arms."
        )
    unpaired = scores_a.shape[0] != scores_b.shape[0] and min(scores_a.shape[0], scores_b.shape[0]) > 1
    terms = [scores_a, -scores_b] if unpaired else [scores_a - scores_b]
    rng = np.random.default_rng(seed)
    resampled, spread = resampled_means(terms, rng, resamples)
    low, high = _percentiles(resampled)
    below, above = int((resampled <= 0).sum()), int((resampled >= 0).sum())
    bootstrap = min(1.0, 2 * (min(below, above) + 1) / (resamples + 1))
    by_prompt = np.sum([term.mean(axis=0) for term in terms], axis=0)
    p = max(bootstrap, sign_flip_test(by_prompt, rng, resamples))
    uncovered = is_uncovered(training_seeds)
    return Comparison(
        difference=float(by_prompt.mean()),
        low=low,
        high=high,
        p=p,
        prompts=scores_a.shape[1],
        seeds_a=scores_a.shape[0],
        seeds_b=scores_b.shape[0],
        noise=uncovered or p >= 0.05 or low <= 0 <= high,
        smallest=spread.half_width + _Z80 * spread.error,
        uncovered=uncovered,
    )


def is_uncovered(training_seeds: Iterable[int]) -> bool:
    """Whether a model among those compared is trained, and under too few seeds to cover training noise; 0: not trained."""
    return any(0 < seeds < FEWEST_SEEDS for seeds in training_seeds)


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


def _percentiles(resampled: Matrix) -> tuple[float, float]:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(low), float(high)
