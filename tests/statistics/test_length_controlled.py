"""A win rate without the pull of length: planted, and at its ends."""

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics.length_controlled import length_controlled


def games(
    strength: float, pull: float, count: int = 1200, longer: float = 300.0
) -> tuple[list[float], list[float], list[str]]:
    rng = np.random.default_rng(1)
    delta = rng.normal(longer, 400, count)
    chance = 1 / (1 + np.exp(-(strength + pull * np.tanh(delta / delta.std(ddof=1)))))
    return (rng.random(count) < chance).astype(float).tolist(), delta.tolist(), [f"q{n // 2}" for n in range(count)]


def test_length_alone_is_no_strength() -> None:
    won, longer, questions = games(0.0, 2.0)
    assert np.mean(won) > 0.6
    found = length_controlled(won, longer, questions)
    assert found.low < 0.5 < found.high
    assert found.prompts == 600


def test_strength_stays() -> None:
    won, longer, questions = games(1.0, 0.0)
    found = length_controlled(won, longer, questions)
    assert found.mean == pytest.approx(1 / (1 + np.exp(-1.0)), abs=0.04)
    assert found.mean == pytest.approx(np.mean(won), abs=0.03)


def test_a_model_that_wins_everything_has_a_rate_below_one() -> None:
    found = length_controlled([1.0] * 40, [100.0] * 40, [f"q{n}" for n in range(40)])
    assert 0.95 < found.mean < 1


def test_one_question_is_too_few() -> None:
    with pytest.raises(UserError, match="two judged questions"):
        length_controlled([1.0, 0.0], [5.0, 3.0], ["q", "q"])
