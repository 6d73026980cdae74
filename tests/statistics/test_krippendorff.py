"""Krippendorff's alpha against the values that he works out by hand (2011), and what it must do at the edges."""

import numpy as np
import pytest

from secondhalf.statistics.krippendorff import Level, krippendorff_alpha

# "Computing Krippendorff's Alpha-Reliability" (2011), section C: four observers, twelve units, some missing.
FOUR_OBSERVERS = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


def _units(text: str, kind: type = str) -> list[list[object]]:
    """The ratings of each unit, from a line an observer."""
    rows = [line.split() for line in text.strip().splitlines()]
    return [[kind(value) for value in unit if value != "."] for unit in zip(*rows, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_four_observers_with_missing_ratings(level: Level, alpha: float):
    result = krippendorff_alpha(_units(FOUR_OBSERVERS, int), level)
    assert result is not None
    assert result.mean == pytest.approx(alpha, abs=5e-4)
    assert result.prompts == 11  # one unit has a single rating


@pytest.mark.parametrize(
    ("ratings", "alpha"),
    [
        ("0 1 0 0 0 0 0 0 1 0\n1 1 1 0 0 1 0 0 0 0", 0.095),  # section A: two observers, two values
        ("a a b b d c c c e d d a\nb a b b b c c c e d d d", 0.692),  # section B: two observers, five values
    ],
)
def test_two_observers(ratings: str, alpha: float):
    result = krippendorff_alpha(_units(ratings))
    assert result is not None
    assert result.mean == pytest.approx(alpha, abs=5e-4)
    assert result.low <= result.mean <= result.high


def test_at_the_edges():
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["accept"], ["reject"]]) is None
    same = krippendorff_alpha([["accept", "accept"]] * 5)
    assert same is not None
    assert (same.mean, same.low, same.high) == (1.0, 1.0, 1.0)
    opposite = krippendorff_alpha([["accept", "reject"]] * 5)
    assert opposite is not None
    assert opposite.mean < 0


def test_chance_is_nought_and_order_is_nothing():
    rng = np.random.default_rng(1)
    units = [list(rng.integers(0, 3, 3)) for _ in range(3000)]
    alpha, turned = krippendorff_alpha(units, resamples=200), krippendorff_alpha([unit[::-1] for unit in units[::-1]])
    assert alpha is not None
    assert turned is not None
    assert abs(alpha.mean) < 0.03
    assert alpha.low < 0 < alpha.high
    assert turned.mean == pytest.approx(alpha.mean)
