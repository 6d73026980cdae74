"""The penalised regression: AlpacaEval's coefficients and chosen strength, with weights and a third feature; its own minimum."""

import json
from pathlib import Path

import numpy as np
import pytest

from secondhalf.statistics.lasso import STRENGTHS, Array, choose_strength, fit_lasso
from support.alpaca_judgments import CASES, difficulty, gamed, judged

ORIGINAL = json.loads(Path(__file__).with_name("alpaca_eval.json").read_text("utf-8"))["glm"]


def published(case: str) -> tuple[Array, Array, Array]:
    """Features, preferences and weights of AlpacaEval 2's published variant: the drawn baseline's rows, then the model's."""
    judgments, others = judged(case), gamed(len(judged(case).preference))
    count = len(judgments.preference)
    differences = np.array(judgments.baseline, float) - judgments.model
    lengths = np.concatenate([[one for _, one in others], differences / differences.std(ddof=1)])
    mine = np.repeat([0.0, 1.0], [2 * count, count])
    x = np.column_stack([np.tanh(lengths), difficulty(count) * 3, mine])
    # A fifth of a vote for the two drawn rows of an instruction together.
    return x, np.array([sure for sure, _ in others] + judgments.preference), np.where(mine > 0, 1.0, 0.1)


@pytest.mark.parametrize("case", CASES)
def test_the_published_variant(case: str) -> None:
    original = ORIGINAL[case]["length_controlled_v1"]
    x, won, weight = published(case)
    strength = choose_strength(x, won, weight)
    coefficients = fit_lasso(x, won, weight, strength)
    assert strength == pytest.approx(original["strength"])
    assert coefficients == pytest.approx(original["coefficients"], abs=2e-6)
    x = x[weight == 1] * [0, 1, 1]
    assert 100 * np.mean(1 / (1 + np.exp(-x @ coefficients))) == pytest.approx(original["still"], abs=1e-5)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_no_step_from_the_minimum_goes_down(strength: float) -> None:
    x, won, weight = published("labels")
    coefficients = fit_lasso(x, won, weight, strength)

    def value(at: Array) -> float:
        return float(np.abs(at).sum() + strength * (weight @ (np.logaddexp(0, x @ at) - won * (x @ at))))

    rng = np.random.default_rng(3)
    for size in (1e-3, 1e-1):
        assert all(value(coefficients + rng.normal(0, size, 3)) >= value(coefficients) for _ in range(100))


def test_a_start_elsewhere_ends_at_the_same_place() -> None:
    x, won, weight = published("length_wins")
    assert fit_lasso(x, won, weight, 1.0, np.array([4.0, -3.0, 5.0])) == pytest.approx(
        fit_lasso(x, won, weight, 1.0), abs=1e-7
    )


def test_as_few_rows_as_two() -> None:
    x = np.ones((2, 1))
    assert choose_strength(x, np.array([1.0, 0.0]), np.ones(2)) == STRENGTHS[0]
