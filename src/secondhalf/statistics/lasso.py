"""Logistic regression under an L1 penalty whose strength is chosen on rows left out, as scikit-learn's LogisticRegressionCV does.

What is made least: the coefficients' absolute sum + C * the weighted log loss of the rows. liblinear, which AlpacaEval uses,
stops within about 0.001 of the coefficients; here the minimum is found to 1e-9, by Newton steps with the penalty kept whole.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STRENGTHS = np.logspace(-4, 4, 10)
"""The C among which one is chosen: the larger, the lighter the penalty."""
_FOLDS, _STEPS, _SWEEPS, _CLOSE = 5, 200, 1000, 1e-9


def choose_strength(x: Array, won: Array, weight: Array) -> float:
    """The C of STRENGTHS whose fits predict the rows left out best; of equal ones the smallest.

    x [rows, features], won [rows] 0 to 1, weight [rows]. Five folds of neighbouring rows dealt out one by one, the last
    row to the first fold. A fold's loss is the mean of its rows' weighted losses, and the folds count alike.
    """
    fold = np.arange(len(won))[::-1] % min(_FOLDS, len(won))
    loss = np.zeros(len(STRENGTHS))
    for number in range(fold.max() + 1):
        kept, left = fold != number, fold == number
        found = np.zeros(x.shape[1])
        for place, strength in enumerate(STRENGTHS):
            found = fit_lasso(x[kept], won[kept], weight[kept], float(strength), found)
            loss[place] += np.mean(weight[left] * _losses(x[left] @ found, won[left]))
    return float(STRENGTHS[np.argmin(loss)])


def fit_lasso(x: Array, won: Array, weight: Array, strength: float, start: Array | None = None) -> Array:
    """Coefficients [features] at C = `strength`, from `start` or from 0; arguments as in `choose`."""
    at = np.zeros(x.shape[1]) if start is None else start
    value = _value(x, won, weight, strength, at)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ at, -500, 500)))
        slope = strength * (x.T @ (weight * (chance - won)))
        curve = strength * ((x * (weight * chance * (1 - chance))[:, None]).T @ x) + 1e-12 * np.eye(x.shape[1])
        step = _step(slope, curve, at)
        gain = float(slope @ step + np.abs(at + step).sum() - np.abs(at).sum())
        size = 1.0
        while (reached := _value(x, won, weight, strength, at + size * step)) > value + 0.01 * size * gain:
            size /= 2
            if size < _CLOSE:  # as near as rounding allows
                return at
        at, value = at + size * step, reached
        if np.abs(size * step).max() < _CLOSE:
            break
    return at


def _step(slope: Array, curve: Array, at: Array) -> Array:
    """What makes slope.d + d.curve.d / 2 + |at + d| least, one coefficient after the other."""
    goal = at.copy()
    for _ in range(_SWEEPS):
        moved = 0.0
        for place in range(len(at)):
            bend = curve[place, place]
            pull = bend * goal[place] - slope[place] - curve[place] @ (goal - at)
            new = np.sign(pull) * max(abs(pull) - 1, 0) / bend
            moved, goal[place] = max(moved, abs(new - goal[place])), new
        if moved < _CLOSE / 10:
            break
    return goal - at


def _value(x: Array, won: Array, weight: Array, strength: float, at: Array) -> float:
    return float(np.abs(at).sum() + strength * (weight @ _losses(x @ at, won)))


def _losses(score: Array, won: Array) -> Array:
    return np.asarray(np.logaddexp(0, score) - won * score)
