"""Bradley-Terry strengths of models from their battles, with control for style, as arena-hard-auto v0.1 computes them.

A battle is a row of features times log(10), +1 for model a and -1 for model b; ties count as half a win for each. Win
rates against the baseline follow from the strengths' difference. Style is controlled by further features of the pair:
(a - b) / (a + b + 1) of each count, standardised over all battles (lmarena.ai/blog/style-control), under an L2 penalty.
The intervals resample questions with all their battles; the original resamples single battles, which `by="battles"` does.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError

Array = NDArray[np.float64]
_STEPS, _CLOSE = 100, 1e-10


@dataclass(frozen=True, slots=True)
class Battle:
    """One game: `won` is 1 where a won, 0 where b did, 0.5 for a tie; `weight` 3 for a clear win, as the original has it.

    `style`: counts of a's answer and of b's, the same ones for every battle.
    """

    question: str
    a: str
    b: str
    won: float
    weight: float = 1.0
    style: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())


@dataclass(frozen=True, slots=True)
class WinRate:
    """A model's win rate against the baseline, 0 to 1, with its 95 % interval."""

    model: str
    rate: float
    low: float
    high: float


def win_rates(
    battles: Sequence[Battle],
    baseline: str,
    *,
    styled: bool = False,
    by: Literal["questions", "battles"] = "questions",
    rounds: int = 1000,
    seed: int = 0,
) -> list[WinRate]:
    """Every model's win rate against `baseline`, the best first. Raises UserError when nothing was judged."""
    models = sorted({name for battle in battles for name in (battle.a, battle.b)})
    if baseline not in models or len(models) < 2:
        raise UserError(f"No battle against {baseline} was judged: there is no win rate.")
    x, won, weight = _design(battles, models, styled=styled)
    penalty = 1.0 if styled else 0.0

    def rates(weights: Array) -> Array:
        # The original doubles every battle, so that a tie is one win for each side.
        strength = fit_logistic(x, won, 2 * weights, penalty)[: len(models)]
        return np.asarray(_sigmoid((strength - strength[models.index(baseline)]) * math.log(10)))

    rate = rates(weight)
    resampled = np.array([rates(one) for one in _resampled(battles, weight, by, rounds, seed)])
    low, high = np.percentile(resampled, [2.5, 97.5], axis=0)
    order = sorted(range(len(models)), key=lambda index: -rate[index])
    return [WinRate(models[i], float(rate[i]), float(low[i]), float(high[i])) for i in order]


def fit_logistic(x: Array, won: Array, weight: Array, penalty: float = 0.0) -> Array:
    """Coefficients [features] of a logistic regression without intercept, by Newton's method.

    x [rows, features], won and weight [rows]; `penalty` is the L2 one of half the squared coefficients. Where the data
    leave a coefficient open (a model's strength up to a constant, a model that lost all), the shortest solution is taken.
    """
    coefficients = np.zeros(x.shape[1])
    ridge = np.eye(x.shape[1]) * penalty
    for _ in range(_STEPS):
        chance = _sigmoid(x @ coefficients)
        slope = x.T @ (weight * (won - chance)) - penalty * coefficients
        curve = (x * (weight * chance * (1 - chance))[:, None]).T @ x + ridge
        step = np.linalg.lstsq(curve, slope, rcond=1e-10)[0]
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))  # a model that won all has no end: bounded steps
        coefficients = coefficients + step
        if np.abs(step).max() < _CLOSE:
            break
    return coefficients


def _design(battles: Sequence[Battle], models: list[str], *, styled: bool) -> tuple[Array, Array, Array]:
    index = {name: number for number, name in enumerate(models)}
    rows = np.arange(len(battles))
    x = np.zeros((len(battles), len(models)))
    x[rows, [index[battle.a] for battle in battles]] = math.log(10)
    x[rows, [index[battle.b] for battle in battles]] = -math.log(10)
    weight = np.array([battle.weight for battle in battles])
    if styled:
        a, b = (np.array([battle.style[side] for battle in battles], float) for side in (0, 1))
        apart = (a - b) / (a + b + 1)
        mean = np.average(apart, axis=0, weights=weight)
        spread = np.sqrt(np.average((apart - mean) ** 2, axis=0, weights=weight))
        x = np.hstack([x, (apart - mean) / np.where(spread > 0, spread, 1.0)])
    return x, np.array([battle.won for battle in battles]), weight


def _resampled(battles: Sequence[Battle], weight: Array, by: str, rounds: int, seed: int) -> "list[Array]":
    rng = np.random.default_rng(seed)
    if by == "battles":  # a clear win stands there three times, and each time may be drawn by itself
        total = int(weight.sum())
        return [rng.multinomial(total, weight / total).astype(float) for _ in range(rounds)]
    questions = sorted({battle.question for battle in battles})
    index = {name: number for number, name in enumerate(questions)}
    question_index = np.array([index[battle.question] for battle in battles])
    each = np.full(len(questions), 1 / len(questions))
    return [weight * rng.multinomial(len(questions), each)[question_index] for _ in range(rounds)]


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))
