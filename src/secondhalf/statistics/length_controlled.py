"""A win rate as it would be if both answers were of one length: AlpacaEval 2's GLM (arXiv 2404.04475), its minimal variant.

A logistic regression of the preferences on a constant, which is the model's strength, and on tanh of the difference of the
lengths over its standard deviation, under the L1 penalty that AlpacaEval chooses (lasso.py); the rate is what it predicts where
that difference is 0. Equal to alpaca_eval 0.6.6's `length_controlled_minimal` on the same judgments, within 0.02 in 100, which is
how far its solver stops from its own minimum. Its published variant has two more parts that need files from a hub and are
left out: a difficulty of each instruction, learnt from other models' results, and a pull towards answers of the
baseline made longer and shorter on purpose.

What is otherwise here on purpose: a model that won (or lost) everything has a rate near 1 (or 0), where alpaca_eval has 0.5,
since its solver makes nothing of a single class; answers of one length throughout have the plain rate, where it fails; and
there is an interval, where its minimal variant predicts the same for every instruction and so tells a spread of 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError
from secondhalf.statistics.lasso import STRENGTHS, choose_strength, fit_lasso
from secondhalf.statistics.paired import Interval


def length_controlled_rate(
    won: Sequence[float],
    longer: Sequence[float],
    questions: Sequence[str],
    *,
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
    y, delta = np.array(won, float), np.array(longer, float)
    spread = float(delta.std(ddof=1))
    apart = np.tanh(delta / spread) if spread else np.zeros_like(y)
    x = np.column_stack([apart, np.ones_like(y)])
    index = {name: number for number, name in enumerate(names)}
    question_index = np.array([index[name] for name in questions])
    rng, each, once = np.random.default_rng(seed), np.full(len(names), 1 / len(names)), np.ones_like(y)
    lightest = float(STRENGTHS[-1])
    start = fit_lasso(x, y, once, lightest)

    def resampled_rate() -> float:
        return _rate(fit_lasso(x, y, rng.multinomial(len(names), each)[question_index].astype(float), lightest, start))

    rate = _rate(fit_lasso(x, y, once, choose_strength(x, y, once)))
    low, high = np.percentile([resampled_rate() for _ in range(resamples)], [2.5, 97.5])
    return Interval(rate, min(rate, float(low)), max(rate, float(high)), len(names), 1)


def _rate(coefficients: NDArray[np.float64]) -> float:
    return float(1 / (1 + np.exp(-coefficients[1])))
