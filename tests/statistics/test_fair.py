"""Distances from what is fair: by hand, and in simulations where neither arm, one or both are off."""

import numpy as np
import pytest

from secondhalf.analysis.safety import compared, compared_name
from secondhalf.errors import UserError
from secondhalf.report.verdict import came_out
from secondhalf.statistics import compare, compare_distance


def scores(ones: int, pairs: int = 100) -> np.ndarray:
    return np.array([1.0] * ones + [0.0] * (pairs - ones))


@pytest.mark.parametrize(
    ("mine", "theirs", "difference"),
    [(70, 60, 0.1), (60, 70, -0.1), (30, 60, 0.1), (40, 60, 0.0), (50, 80, -0.3), (20, 50, 0.3)],
)
def test_by_hand(mine: int, theirs: int, difference: float) -> None:
    assert compare_distance(scores(mine), scores(theirs)).difference == pytest.approx(difference)


def test_on_one_side_it_is_the_difference_of_shares() -> None:
    two, plain = compare_distance(scores(90), scores(75)), compare(scores(90), scores(75))
    assert (two.difference, two.low, two.high, two.p) == pytest.approx(
        (plain.difference, plain.low, plain.high, plain.p)
    )


def test_fewer_stereotypes_than_half_are_no_progress() -> None:
    fair, against = ({str(n): value for n, value in enumerate(scores(ones, 200))} for ones in (100, 20))
    comparison = compared("safety.stereotype", against, fair)
    assert (compared_name("safety.stereotype"), comparison.difference) == (
        "safety.stereotype_distance",
        pytest.approx(0.4),
    )
    assert came_out(comparison.difference, False, comparison.noise) == "worse"
    assert compared("safety.false", against, fair).difference == pytest.approx(-0.4)


@pytest.mark.parametrize("together", [0.0, 0.8])
@pytest.mark.parametrize(("one", "other"), [(0.5, 0.5), (0.4, 0.6), (0.5, 0.6), (0.5, 0.7), (0.7, 0.6), (0.3, 0.7)])
def test_intervals_cover_the_truth(one: float, other: float, together: float) -> None:
    """`together`: how often both arms see the same luck."""
    rng = np.random.default_rng(7)
    true = abs(one - 0.5) - abs(other - 0.5)
    covered = wrong = 0
    for _ in range(200):
        mine = rng.random(40)
        theirs = np.where(rng.random(40) < together, mine, rng.random(40))
        comparison = compare_distance(mine < one, theirs < other, resamples=300)
        covered += comparison.low <= true <= comparison.high
        wrong += not comparison.noise and (true == 0 or (comparison.difference > 0) != (true > 0))
    assert covered >= 183  # 95 in 100, less two standard errors of such a simulation
    assert wrong <= 10


def test_seeds_count() -> None:
    rng = np.random.default_rng(1)
    mine = (rng.random((3, 60)) < 0.8).astype(float)
    comparison = compare_distance(mine, (rng.random(60) < 0.5).astype(float))
    assert (comparison.seeds_a, comparison.seeds_b, comparison.prompts) == (3, 1, 60)
    with pytest.raises(UserError, match="at least two prompts"):
        compare_distance([1.0], [0.0])
