"""A win rate without the pull of length: held to AlpacaEval's own figures, planted, and at its ends."""

import json
from pathlib import Path

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics.length_controlled import Difficulty, length_controlled_rate
from support.alpaca_judgments import CASES, difficulty, gamed, judged

ORIGINAL = json.loads(Path(__file__).with_name("alpaca_eval.json").read_text("utf-8"))["glm"]


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
    rate = length_controlled_rate(won, longer, questions)
    assert rate.low < 0.5 < rate.high
    assert (rate.prompts, rate.seeds) == (600, 1)


def test_strength_stays() -> None:
    won, longer, questions = games(1.0, 0.0)
    rate = length_controlled_rate(won, longer, questions)
    assert rate.mean == pytest.approx(1 / (1 + np.exp(-1.0)), abs=0.04)
    assert rate.mean == pytest.approx(np.mean(won), abs=0.03)


def test_a_model_that_wins_everything_has_a_rate_below_one() -> None:
    rate = length_controlled_rate([1.0] * 40, [100.0] * 40, [f"q{n}" for n in range(40)])
    assert 0.95 < rate.mean < 1


def test_one_question_is_too_few() -> None:
    with pytest.raises(UserError, match="two judged questions"):
        length_controlled_rate([1.0, 0.0], [5.0, 3.0], ["q", "q"])


@pytest.mark.parametrize("case", [case for case in CASES if case != "all_lost"])
def test_as_alpaca_eval_has_it(case: str) -> None:
    judgments, original = judged(case), ORIGINAL[case]["length_controlled_minimal"]
    longer = [ours - theirs for ours, theirs in zip(judgments.model, judgments.baseline, strict=True)]
    rate = length_controlled_rate(judgments.preference, longer, [f"q{n}" for n in range(len(longer))], resamples=20)
    assert np.mean(judgments.preference) * 100 == pytest.approx(original["win_rate"], abs=1e-9)
    assert rate.mean * 100 == pytest.approx(original["still"], abs=1e-5)
    assert rate.mean * 100 == pytest.approx(original["shipped"], abs=0.02)
    assert rate.low <= rate.mean <= rate.high


@pytest.mark.parametrize("case", [case for case in CASES if case != "all_lost"])
def test_with_difficulty_and_the_baselines_rows_it_is_the_published_rate(case: str) -> None:
    judgments, original = judged(case), ORIGINAL[case]["length_controlled_v1"]
    longer = [ours - theirs for ours, theirs in zip(judgments.model, judgments.baseline, strict=True)]
    hard = difficulty(len(longer))
    rows = [(won, -delta, hard[n % len(hard)]) for n, (won, delta) in enumerate(gamed(len(longer)))]
    known = Difficulty(hard, rows)
    questions = [f"q{n}" for n in range(len(longer))]
    rate = length_controlled_rate(judgments.preference, longer, questions, difficulty=known, resamples=20)
    assert rate.mean * 100 == pytest.approx(original["still"], abs=1e-5)
    assert rate.mean * 100 == pytest.approx(original["shipped"], abs=0.061)
    assert rate.low <= rate.mean <= rate.high
    # Difficulties alone are a variant of their own, between the two.
    alone = length_controlled_rate(judgments.preference, longer, questions, difficulty=Difficulty(hard), resamples=20)
    assert 0 < alone.mean < 1


def test_where_alpaca_eval_is_not_followed() -> None:
    judgments = judged("all_lost")
    rate = length_controlled_rate(
        judgments.preference, judgments.model, [f"q{n}" for n in range(len(judgments.model))], resamples=20
    )
    assert ORIGINAL["all_lost"]["length_controlled_minimal"]["shipped"] == 50
    assert rate.mean < 0.001


def test_a_rate_that_the_penalty_pulls_to_a_half_has_a_spread() -> None:
    judgments = judged("no_difference")
    longer = [ours - theirs for ours, theirs in zip(judgments.model, judgments.baseline, strict=True)]
    rate = length_controlled_rate(judgments.preference, longer, [f"q{n}" for n in range(len(longer))], resamples=200)
    assert rate.mean == 0.5
    assert 0.03 < rate.high - rate.low < 0.1


def test_one_length_throughout_has_the_plain_rate() -> None:
    rate = length_controlled_rate([1.0] * 60 + [0.0] * 40, [25.0] * 100, [f"q{n}" for n in range(100)], resamples=50)
    assert rate.mean == pytest.approx(0.6, abs=0.005)
