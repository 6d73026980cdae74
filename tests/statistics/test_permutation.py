"""Sign-flip tests are scipy's, exactly for few prompts."""

import numpy as np
import pytest
from scipy import stats

from secondhalf.statistics import compare, permutation_test


@pytest.mark.parametrize("prompts", [4, 9, 14])
def test_few_prompts_are_tested_exactly(prompts: int) -> None:
    values = np.random.default_rng(prompts).normal(0.5, 1, prompts)
    theirs = stats.permutation_test((values,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert permutation_test(values) == pytest.approx(theirs.pvalue)


def test_many_prompts_are_drawn() -> None:
    values = np.random.default_rng(1).normal(0.2, 1, 120)
    theirs = stats.permutation_test((values,), np.mean, permutation_type="samples", n_resamples=20_000, rng=2)
    assert permutation_test(values, resamples=20_000) == pytest.approx(theirs.pvalue, abs=0.006)
    assert permutation_test(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue, abs=0.012)


def test_equal_arms_are_never_told_apart() -> None:
    assert permutation_test(np.zeros(10)) == permutation_test(np.zeros(100)) == 1


def test_a_comparison_is_never_surer_than_its_permutation_test() -> None:
    a, b = np.random.default_rng(3).normal([[0.6], [0.0]], 1, (2, 6))
    assert compare(a, b).p >= permutation_test(a - b)
