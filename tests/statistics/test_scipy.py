"""Intervals, corrections and power held against scipy."""

import math

import numpy as np
import pytest
from scipy import stats

from secondhalf.statistics import compare, estimate, holm

RNG = np.random.default_rng


def test_an_interval_is_scipys_bootstrap_made_honest_for_few_prompts() -> None:
    values = RNG(0).gamma(2, 1, 60)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", n_resamples=20_000, rng=1).confidence_interval
    ours = estimate(values, resamples=20_000)
    # Ours is wider by sqrt(n/(n-1)) and by Student's t over the normal's 1.96.
    factor = math.sqrt(60 / 59) * stats.t.ppf(0.975, 59) / stats.norm.ppf(0.975)
    assert ours.low == pytest.approx(ours.mean + (theirs.low - ours.mean) * factor, abs=0.01)
    assert ours.high == pytest.approx(ours.mean + (theirs.high - ours.mean) * factor, abs=0.01)


def test_a_difference_is_a_paired_t_interval_where_scores_are_normal() -> None:
    a, b = RNG(1).normal([[0.3], [0.0]], 1, (2, 200))
    ours, theirs = compare(a, b, resamples=20_000), stats.ttest_rel(a, b)
    interval = theirs.confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), abs=0.02)
    assert ours.p == pytest.approx(theirs.pvalue, abs=0.01)


def test_the_smallest_difference_is_shown_four_times_in_five() -> None:
    spread, prompts = 1.0, 60
    smallest = np.median(
        [compare(RNG(n).normal(0, spread, prompts), np.zeros(prompts), resamples=200).smallest for n in range(40)]
    )
    # The power of a two-sided t test at that difference, from the noncentral t.
    edge, shift = stats.t.ppf(0.975, prompts - 1), smallest / (spread / math.sqrt(prompts))
    power = stats.nct.sf(edge, prompts - 1, shift) + stats.nct.cdf(-edge, prompts - 1, shift)
    assert power == pytest.approx(0.8, abs=0.03)


def test_holm_rejects_what_it_must() -> None:
    # Worked by hand: 0.01 x 4, 0.02 x 3, 0.03 x 2 (held up by the one before), 0.04.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
