"""A win rate as it would be if both answers were of one length (arXiv 2404.04475).

A logistic regression of the wins on a constant, which is the model's strength, and on tanh of the difference of the lengths
over its standard deviation; the rate is what it predicts where that difference is 0. AlpacaEval 2's own model has two more
parts that need files from a hub and are left out here: a difficulty of each instruction, learnt from other models' results,
and a pull towards answers of the baseline made longer and shorter on purpose.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError
from secondhalf.statistics.bradley_terry import fit
from secondhalf.statistics.paired import Interval


def length_controlled(
    won: Sequence[float],
    longer: Sequence[float],
    questions: Sequence[str],
    *,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """won [games]: 1, 0.5 or 0; longer [games]: by how much the model's answer is longer, in characters; questions [games].

    Questions are resampled with all their games. Raises UserError for fewer than two questions.
    """
    names = sorted(set(questions))
    if len(names) < 2:
        raise UserError("A length-controlled win rate needs two judged questions at least: judge more.")
    y, delta = np.array(won, float), np.array(longer, float)
    spread = float(delta.std(ddof=1)) or 1.0
    x = np.column_stack([np.ones_like(y), np.tanh(delta / spread)])
    place = {name: number for number, name in enumerate(names)}
    of = np.array([place[name] for name in questions])
    rng, each = np.random.default_rng(seed), np.full(len(names), 1 / len(names))

    def rate(weight: NDArray[np.float64]) -> float:
        # A light pull to 0 keeps a model that won everything finite.
        return float(1 / (1 + np.exp(-fit(x, y, weight, 0.01)[0])))

    draws = [rate(rng.multinomial(len(names), each)[of].astype(float)) for _ in range(resamples)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Interval(rate(np.ones_like(y)), float(low), float(high), len(names), 1)
