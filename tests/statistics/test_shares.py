"""Intervals of shares stay between 0 and 1, are Wilson's where shares are yes and no, and cover the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from secondhalf.statistics import estimate
from secondhalf.statistics.paired import share_interval
from secondhalf.statistics.resampling import spread

RNG = np.random.default_rng


@pytest.mark.parametrize(
    ("count", "total"), [(0, 8), (1, 8), (4, 8), (7, 8), (8, 8), (3, 88), (50, 100), (999, 1000), (1, 2)]
)
def test_it_is_scipys_wilson_interval_of_yes_and_no(count: int, total: int):
    theirs = stats.binomtest(count, total).proportion_ci(method="wilson")
    ours = estimate([1.0] * count + [0.0] * (total - count), share=True)
    assert (ours.mean, ours.prompts, ours.seeds) == (count / total, total, 1)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_the_interval_of_a_tiny_run_was_impossible():
    """As met: the page of a run of eight pairs showed a share of 0.5 from -0.437 to 1.437."""
    scores = np.array([[1.0, 0.0, 1.0, 0.0]])
    half = spread([scores]).half_width
    assert scores.mean() + half > 1
    ours = estimate(scores, share=True)
    assert 0 < ours.low < 0.5 < ours.high < 1


@given(
    st.integers(1, 5).flatmap(
        lambda seeds: st.lists(
            st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=seeds, max_size=seeds), min_size=2, max_size=30
        )
    )
)
def test_both_ends_are_shares_around_the_mean(by_prompt: list[list[float]]):
    interval = estimate(np.array(by_prompt).T, share=True)
    assert 0 <= interval.low <= interval.mean + 1e-9
    assert interval.mean - 1e-9 <= interval.high <= 1


def test_large_samples_have_the_symmetric_interval():
    scores = RNG(0).choice([0.0, 0.5, 1.0], (1, 5000))
    half, (low, high) = spread([scores]).half_width, share_interval(scores)
    assert (low, high) == pytest.approx((scores.mean() - half, scores.mean() + half), abs=1e-4)


def test_what_is_no_share_keeps_its_interval():
    scores = [0.2, 1.7, -0.3, 0.9]
    assert estimate(scores, share=True) == estimate(scores)


@pytest.mark.parametrize(
    ("prompts", "seeds", "base", "spread_of_seeds", "parts"),
    [(20, 1, 0.1, 0.0, 1), (8, 1, 0.5, 0.0, 1), (30, 1, 0.9, 0.0, 4), (30, 3, 0.9, 0.3, 1), (100, 3, 0.5, 0.5, 1)],
)
def test_it_covers_the_truth(prompts: int, seeds: int, base: float, spread_of_seeds: float, parts: int):
    """Prompts differ in difficulty and training seeds in skill; 1000 draws, so 0.95 is known to 0.014."""
    rng, logit = RNG(prompts), np.log(base / (1 - base))
    everyone = logit + rng.standard_normal(200_000) + spread_of_seeds * rng.standard_normal(200_000)
    truth = float((1 / (1 + np.exp(-everyone))).mean())
    covered = 0
    for _ in range(1000):
        skill = logit + rng.standard_normal(prompts) + spread_of_seeds * rng.standard_normal((seeds, 1))
        low, high = share_interval(rng.binomial(parts, 1 / (1 + np.exp(-skill))) / parts)
        covered += low <= truth <= high
    assert covered >= 915
