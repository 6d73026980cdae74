"""Two groups of rows that have nothing to do with one another: intervals that hold what they promise."""

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics import compare_independent


def test_no_event_at_all_is_no_certainty() -> None:
    comparison = compare_independent([0.0] * 80, [0.0] * 50, shares=True)
    assert (comparison.difference, comparison.p, comparison.noise) == (0.0, 1.0, True)
    assert 0.04 < comparison.high < 0.05  # Wilson's upper end for 0 of 80
    assert -0.08 < comparison.low < -0.07


def test_newcombe_of_the_published_case() -> None:
    # Newcombe 1998, table II, method 10: 56/70 against 48/80 is 0.0524 to 0.3339.
    comparison = compare_independent([1.0] * 56 + [0.0] * 14, [1.0] * 48 + [0.0] * 32, shares=True)
    assert (comparison.low, comparison.high) == (pytest.approx(0.0524, abs=1e-4), pytest.approx(0.3339, abs=1e-4))
    assert not comparison.noise
    assert comparison.p < 0.02


def test_welch_of_a_case_done_by_hand() -> None:
    # Means 3 and 8, variances 2.5 and 10, five rows each: se = sqrt(2.5), 5.88 degrees of freedom, t = 2.459.
    comparison = compare_independent([1.0, 2, 3, 4, 5], [4.0, 6, 8, 10, 12])
    assert comparison.difference == -5
    assert comparison.low == pytest.approx(-5 - 2.459 * 2.5**0.5, abs=0.02)


@pytest.mark.parametrize("shares", [True, False])
def test_the_interval_holds_the_truth_in_95_of_100(shares: bool) -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        a, b = (rng.random(n) < q for n, q in ((60, 0.3), (40, 0.2)))
        comparison = compare_independent(a.astype(float), b.astype(float), shares=shares, resamples=1)
        held += comparison.low <= 0.1 <= comparison.high
    assert 0.92 <= held / 300 <= 0.985


def test_seeds_that_disagree_widen_it() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.normal(0, 1, 50), rng.normal(0, 1, 50)
    alike, unlike = compare_independent([a, a], [b, b]), compare_independent([a + 2, a - 2], [b, b])
    assert unlike.high - unlike.low > 3 * (alike.high - alike.low)


def test_what_it_refuses() -> None:
    with pytest.raises(UserError, match="at least two"):
        compare_independent([1.0], [1.0, 2.0])
    with pytest.raises(UserError, match="no finite number"):
        compare_independent([1.0, float("nan")], [1.0, 2.0])
