"""Gain against pairs: the line by hand and by numpy's, its intervals by simulation, and what is refused."""

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics.paired import compare
from secondhalf.statistics.scaling import ScalingFit, SizedScores


def sized(pairs: int, gain: float, prompts: int = 20) -> SizedScores:
    """Scores that all prompts have alike."""
    return SizedScores(pairs, np.full((1, prompts), 0.5 + gain), np.full((1, prompts), 0.5))


def test_points_on_a_line_are_that_line():
    # 0.1 at 100 pairs and 0.05 more with each doubling.
    fit = ScalingFit([sized(100, 0.1), sized(200, 0.15), sized(800, 0.25)])
    assert fit.slope.value == pytest.approx(0.05)
    assert fit.at(100).value == pytest.approx(0.1)
    assert fit.at(3200).value == pytest.approx(0.35)
    assert fit.at(3200).low == pytest.approx(0.35)  # prompts that are all alike leave nothing to chance


def test_the_line_is_that_of_least_squares_and_the_interval_that_of_a_weighted_difference():
    rng = np.random.default_rng(1)
    sizes = [60, 150, 170, 900]
    scores = [(rng.normal(0.5 + 0.03 * n, 0.2, (3, 50)), rng.normal(0.5, 0.2, (1, 50))) for n in range(len(sizes))]
    fit = ScalingFit([SizedScores(n, *pair) for n, pair in zip(sizes, scores, strict=True)])
    gains = [ours.mean() - theirs.mean() for ours, theirs in scores]
    slope, start = np.polyfit(np.log2(sizes), gains, 1)
    assert fit.slope.value == pytest.approx(slope)
    assert fit.at(500).value == pytest.approx(start + slope * np.log2(500))
    # At two sizes of four that are alike in all the line goes through the mean: its interval is that of the comparison.
    same = [SizedScores(n, *scores[0]) for n in (100, 200, 400)]
    middle, direct = ScalingFit(same).at(200), compare(*scores[0])
    assert middle.value == pytest.approx(direct.difference)
    assert (middle.low, middle.high) == pytest.approx((direct.low, direct.high), abs=0.01)


def test_extrapolation_is_wider_than_what_was_measured():
    rng = np.random.default_rng(2)
    sizes = [SizedScores(n, rng.normal(0.5, 0.2, (3, 80)), rng.normal(0.5, 0.2, (1, 80))) for n in (100, 300, 900)]
    fit = ScalingFit(sizes)
    within, beyond = fit.at(300), fit.at(80_000)
    assert beyond.high - beyond.low > 2 * (within.high - within.low)
    assert not fit.uncovered
    assert ScalingFit([*sizes, sized(50, 0.0, 80)]).uncovered  # one seed alone


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    covered = 0
    for round in range(200):
        sizes = []
        for pairs in (100, 200, 400, 800):
            truth = 0.02 * np.log2(pairs)
            difficulty = rng.normal(0, 0.3, 60)
            seeds = rng.normal(0, 0.05, (3, 1))
            ours = truth + seeds + difficulty + rng.normal(0, 0.2, (3, 60))
            sizes.append(SizedScores(pairs, ours, difficulty[None] + rng.normal(0, 0.2, (1, 60))))
        value = ScalingFit(sizes, seed=round, resamples=400).at(3200)
        covered += value.low <= 0.02 * np.log2(3200) <= value.high
    assert covered >= 180


def test_what_is_no_curve_is_told():
    with pytest.raises(UserError, match="needs 3 different numbers"):
        ScalingFit([sized(100, 0.1), sized(200, 0.1), sized(200, 0.2)])
    with pytest.raises(UserError, match="different numbers of prompts"):
        ScalingFit([sized(100, 0.1), sized(200, 0.1), sized(300, 0.1, prompts=21)])
