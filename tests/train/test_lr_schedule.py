import pytest

from secondhalf.train.lr_schedule import learning_rate_at, linear_with_warmup
from secondhalf.train.settings import TrainSettings


def test_a_linear_warm_up_and_a_cosine() -> None:
    settings = TrainSettings(learning_rate=1e-3, warmup=0.1)
    rates = [learning_rate_at(step, 100, settings) for step in range(100)]
    assert rates[0] == pytest.approx(1e-4)
    assert max(rates) == pytest.approx(1e-3)
    assert rates.index(max(rates)) in {9, 10}
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_a_constant_rate_after_the_warm_up() -> None:
    settings = TrainSettings(learning_rate=1e-3, warmup=0.1, schedule="constant")
    assert {learning_rate_at(step, 100, settings) for step in range(10, 100)} == {1e-3}
    assert learning_rate_at(0, 100, settings) == pytest.approx(1e-4)


def test_a_linear_rise_and_a_linear_fall() -> None:
    shares = [linear_with_warmup(step, 100, 0.1) for step in range(100)]
    assert max(shares) == shares[9] == shares[10] == 1
    assert 0 < shares[-1] < 0.02
