"""How far judges agree, and what sways them."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from secondhalf.statistics.bradley_terry import fit_logistic
from secondhalf.statistics.paired import Interval


def kappa(first: Sequence[float], second: Sequence[float], *, seed: int = 0, resamples: int = 2000) -> Interval:
    """Cohen's kappa (1960) of two judges' labels [items], with a bootstrap interval over the items.

    1 is agreement throughout, 0 what chance gives. Labels that never vary leave nothing to agree on: kappa is then 0.
    """
    values = sorted({*first, *second})
    code = {value: number for number, value in enumerate(values)}
    a, b = (np.array([code[label] for label in labels]) for labels in (first, second))
    rng = np.random.default_rng(seed)
    resampled = [_kappa(a[sample], b[sample], len(values)) for sample in rng.integers(0, len(a), (resamples, len(a)))]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Interval(_kappa(a, b, len(values)), float(low), float(high), len(a), 1)


def odds_per_doubling(
    won: Sequence[float], lengths: Sequence[tuple[float, float]], *, seed: int = 0, resamples: int = 500
) -> Interval:
    """How the odds of winning rise when an answer is twice as long as the other; 1: a judge is not swayed by length.

    won [items]: 1, 0.5 or 0 for the first answer; lengths [items]: of the first and of the second. Strength apart from
    length is a term of its own, so a model that is better and longer is not taken for one that wins by length.
    """
    x = np.array([[1.0, math.log2((first + 1) / (second + 1))] for first, second in lengths])
    y, rng = np.array(won, float), np.random.default_rng(seed)

    def odds(weight: NDArray[np.float64]) -> float:
        return math.exp(float(fit_logistic(x, y, weight, 1e-3)[1]))

    share = np.full(len(y), 1 / len(y))
    resampled = [odds(rng.multinomial(len(y), share).astype(float)) for _ in range(resamples)]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Interval(odds(np.ones(len(y))), float(low), float(high), len(y), 1)


def _kappa(a: NDArray[np.int64], b: NDArray[np.int64], kinds: int) -> float:
    seen = float((a == b).mean())
    chance = float((np.bincount(a, minlength=kinds) * np.bincount(b, minlength=kinds)).sum()) / len(a) ** 2
    return (seen - chance) / (1 - chance) if chance < 1 else 0.0
