"""Agreement of judges and the pull of length, against worked and planted cases."""

import numpy as np
import pytest

from secondhalf.statistics.agreement import kappa, odds_per_doubling


def test_kappa_of_a_textbook_table() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, by chance 0.5 (Cohen 1960's formula gives 0.4).
    one, two = [1.0] * 25 + [0.0] * 25, [1.0] * 20 + [0.0] * 5 + [1.0] * 10 + [0.0] * 15
    agreement = kappa(one, two)
    assert agreement.mean == pytest.approx(0.4)
    assert agreement.low < 0.4 < agreement.high
    assert agreement.prompts == 50


def test_kappa_at_its_ends() -> None:
    labels = [0.0, 0.5, 1.0] * 10
    assert kappa(labels, labels).mean == 1
    assert kappa([1.0] * 9, [1.0] * 9).mean == 0
    rng = np.random.default_rng(1)
    assert abs(kappa(rng.integers(0, 3, 3000), rng.integers(0, 3, 3000)).mean) < 0.05


def test_a_planted_pull_of_length_is_found_and_strength_is_not_taken_for_it() -> None:
    rng = np.random.default_rng(2)
    lengths = [(float(a), float(b)) for a, b in rng.integers(50, 800, (1500, 2))]
    log = np.array([np.log2((a + 1) / (b + 1)) for a, b in lengths])
    for pull in (0.0, np.log(1.5)):
        won = (rng.random(1500) < 1 / (1 + np.exp(-(0.8 + pull * log)))).astype(float)
        odds = odds_per_doubling(won.tolist(), lengths, resamples=200)
        assert odds.low < np.exp(pull) < odds.high
        assert odds.mean == pytest.approx(np.exp(pull), rel=0.15)
