"""Rounds in turn, and the ratio with its interval."""

import sys
from pathlib import Path

import pytest
from scipy.stats import ttest_1samp

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from in_turns import fastest, in_turns, ratio_of  # noqa: E402


def test_sides_run_one_after_another() -> None:
    order: list[str] = []

    def side(name: str, value: float) -> float:
        order.append(name)
        return value

    runs = in_turns(2, ours=lambda: side("a", 1.0), theirs=lambda: side("b", 2.0), third=lambda: side("c", 3.0))
    assert order == list("abcabc")
    assert runs == {"ours": [1.0, 1.0], "theirs": [2.0, 2.0], "third": [3.0, 3.0]}
    assert fastest(runs, ["ours", "theirs"]) == "theirs"


def test_the_ratio_is_the_rounds_median_with_the_interval_of_their_logarithms() -> None:
    import numpy as np

    above, below = [20.0, 22.0, 30.0], [2.0, 2.0, 2.5]
    figures = ratio_of(above, below)
    low, high = ttest_1samp(np.log(np.array(above) / below), 0).confidence_interval(0.95)
    assert figures == {
        "ratio": 11.0,
        "ratio_low": pytest.approx(np.exp(low), abs=1e-3),
        "ratio_high": pytest.approx(np.exp(high), abs=1e-3),
    }


def test_one_round_has_no_interval_and_a_ratio_may_have_a_name() -> None:
    assert ratio_of([3.0], [2.0], "early_exit_ratio") == {"early_exit_ratio": 1.5}


def test_machines_that_slow_both_alike_leave_no_doubt() -> None:
    figures = ratio_of([10.0, 5.0, 20.0], [1.0, 0.5, 2.0])
    assert figures == {"ratio": 10.0, "ratio_low": 10.0, "ratio_high": 10.0}
