"""The true share behind an imperfect detector: worked by hand, and how often its interval holds the truth."""

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics.true_share import DetectorRates, true_share


def test_worked_by_hand():
    # (0.3 + 0.8 - 1) / (0.9 + 0.8 - 1) = 1/7; left: (1/7 * 0.1) / (1/7 * 0.1 + 6/7 * 0.8) = 1/49.
    found = true_share(3000, 10_000, DetectorRates(9000, 1000, 2000, 8000))
    assert found.flagged == 0.3
    assert found.share == pytest.approx(1 / 7)
    assert found.left == pytest.approx(1 / 49)
    assert 0 < found.low < found.share < found.high < 0.17
    assert 0 < found.left_low < found.left < found.left_high < 0.03


def test_a_perfect_detector_is_believed():
    found = true_share(70, 10_000, DetectorRates(100_000, 0, 0, 100_000))
    assert found.share == pytest.approx(0.007, abs=1e-4)
    assert found.left < 1e-5


def test_as_many_flags_as_false_alarms_are_none():
    found = true_share(50, 1000, DetectorRates(90, 10, 50, 950))
    assert found.fits
    assert found.share == pytest.approx(0, abs=1e-9)
    assert 0 < found.high < 0.04


def test_far_fewer_flags_than_false_alarms_prove_nothing():
    found = true_share(10, 1000, DetectorRates(90, 10, 50, 950))
    assert not found.fits
    assert found.share == 0
    # As if all ten were found rightly: 0.01 / 0.9, and its uncertainty.
    assert 0.011 < found.high < 0.03
    assert 0.001 < found.left_high < 0.005


def test_a_detector_no_better_than_chance_says_nothing():
    found = true_share(300, 1000, DetectorRates(30, 70, 40, 60))
    assert found.low < 0.1
    assert found.high > 0.9


def test_the_interval_is_wider_for_fewer_labels():
    few = true_share(300, 1000, DetectorRates(18, 2, 4, 16))
    many = true_share(300, 1000, DetectorRates(1800, 200, 400, 1600))
    assert few.high - few.low > 1.5 * (many.high - many.low)


@pytest.mark.parametrize(
    ("share", "recall", "specificity", "labels", "rows"),
    [
        (0.02, 0.9, 0.95, 250, 500),
        (0.2, 0.92, 0.97, 250, 300),
        (0.005, 0.9, 0.99, 600, 2000),
        (0.5, 0.7, 0.8, 100, 200),
    ],
)
def test_how_often_the_interval_holds_the_truth(share, recall, specificity, labels, rows):
    rng = np.random.default_rng(5)
    held, held_left, times = 0, 0, 300
    flagged_share = share * recall + (1 - share) * (1 - specificity)
    left = share * (1 - recall) / (1 - flagged_share)
    for trial in range(times):
        found, right = rng.binomial(labels, recall), rng.binomial(labels, specificity)
        rates = DetectorRates(int(found), int(labels - found), int(labels - right), int(right))
        result = true_share(int(rng.binomial(rows, flagged_share)), rows, rates, seed=trial, draws=1000)
        held += result.low <= share <= result.high
        held_left += result.left_low <= left <= result.left_high
    # In 3,000 trials each 94.5 to 95.6 %; of 300 trials at 95 % fewer than 91 % come once in a thousand times.
    assert held / times > 0.91
    assert held_left / times > 0.91


@pytest.mark.parametrize(("flagged", "rows"), [(0, 0), (5, 4), (-1, 4)])
def test_impossible_counts(flagged, rows):
    with pytest.raises(UserError, match="rows"):
        true_share(flagged, rows, DetectorRates(9, 1, 1, 9))


@pytest.mark.parametrize("counts", [(0, 0, 1, 9), (9, 1, 0, 0), (-1, 2, 1, 9)])
def test_rates_without_labels(counts):
    with pytest.raises(UserError, match=r"labelled rows|0 or more"):
        DetectorRates(*counts)
