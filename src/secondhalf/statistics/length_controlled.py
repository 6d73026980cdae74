"""A win rate as it would be if both answers were of one length: AlpacaEval 2's GLM (arXiv 2404.04475).

A logistic regression of the preferences on a constant, which is the model's strength, and on tanh of the difference of the
lengths over its standard deviation, under the L1 penalty that AlpacaEval chooses (lasso.py); the rate is what it predicts where
that difference is 0. That is alpaca_eval 0.6.6's `length_controlled_minimal`, within 0.061 in 100 on real judgments: its solver
stops short of its own minimum. The published variant, `length_controlled_v1`, has two more parts, from files that AlpacaEval
keeps on a hub: how difficult each instruction is, and judgments of the baseline told to be brief and to be wordy, which pull
the model's own bias for length towards theirs. Without them a rate is 4.8 points from the published one in the median, and
up to 27.

What is otherwise here on purpose: a model that won (or lost) everything has a rate near 1 (or 0), where alpaca_eval has 0.5,
since its solver makes nothing of a single class; answers of one length throughout have the plain rate, where it fails; and
there is an interval, where its minimal variant predicts the same for every instruction and so tells a spread of 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError
from secondhalf.statistics.lasso import STRENGTHS, choose_strength, fit_lasso
from secondhalf.statistics.paired import Interval

Array = NDArray[np.float64]
_PULL = 0.2 / 2  # AlpacaEval's regularize_to_baseline_lambda, over the two lengths that the baseline was told


@dataclass(frozen=True)
class Difficulty:
    """What the published variant knows beside the judgments."""

    answers: Sequence[float]
    """[answers]: how difficult each answer's instruction is."""
    baseline: Sequence[tuple[float, float, float]] = ()
    """The baseline brief and wordy against itself, in the published order: preference (0 to 1), by how much it is longer in
    standard deviations, difficulty."""


def length_controlled_rate(
    won: Sequence[float],
    longer: Sequence[float],
    questions: Sequence[str],
    *,
    difficulty: Difficulty | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """won [answers]: preference for the model's, 0 to 1, the mean of its games; longer [answers]: by how many characters it is
    longer; questions [answers]. Their order decides which are left out together when the penalty is chosen.

    Questions are resampled with all their answers, and fitted under the lightest penalty: the chosen one, held, would show
    no spread where it pulls every rate to 0.5. Raises UserError for fewer than two questions.
    """
    names = sorted(set(questions))
    if len(names) < 2:
        raise UserError("A length-controlled win rate needs two judged questions at least: judge more.")
    x, y, weight = _design(np.array(won, float), np.array(longer, float), difficulty)
    before = len(y) - len(won)  # rows that are not the model's come first
    at_one_length = x[before:] * np.where(np.arange(x.shape[1]) == 0, 0.0, 1.0)
    index = {name: number for number, name in enumerate(names)}
    question_index = np.array([index[name] for name in questions])
    rng, each = np.random.default_rng(seed), np.full(len(names), 1 / len(names))
    lightest = float(STRENGTHS[-1])
    start = fit_lasso(x, y, weight, lightest)

    def resampled_rate() -> float:
        count = rng.multinomial(len(names), each)[question_index].astype(float)
        drawn = np.concatenate([weight[:before], count])
        return _rate(fit_lasso(x, y, drawn, lightest, start), at_one_length, count)

    rate = _rate(fit_lasso(x, y, weight, choose_strength(x, y, weight)), at_one_length, np.ones(len(won)))
    low, high = np.percentile([resampled_rate() for _ in range(resamples)], [2.5, 97.5])
    return Interval(rate, min(rate, float(low)), max(rate, float(high)), len(names), 1)


def _design(won: Array, longer: Array, difficulty: Difficulty | None) -> tuple[Array, Array, Array]:
    """Features [rows, features] (length, then difficulty where there is one, and the constant last), preferences and weights."""
    spread = float(longer.std(ddof=1))
    columns = [np.tanh(longer / spread) if spread else np.zeros_like(won), np.ones_like(won)]
    if difficulty is None:
        return np.column_stack(columns), won, np.ones_like(won)
    x = np.column_stack([columns[0], np.array(difficulty.answers, float), columns[1]])
    baseline = np.array(difficulty.baseline, float).reshape(-1, 3)
    theirs = np.column_stack([np.tanh(baseline[:, 1]), baseline[:, 2], np.zeros(len(baseline))])
    weight = np.concatenate([np.full(len(baseline), _PULL), np.ones_like(won)])
    return np.concatenate([theirs, x]), np.concatenate([baseline[:, 0], won]), weight


def _rate(coefficients: Array, x: Array, weight: Array) -> float:
    return float(np.average(1 / (1 + np.exp(-np.clip(x @ coefficients, -500, 500))), weights=weight))
