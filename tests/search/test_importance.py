"""The share of variance that a field alone explains."""

import random

import pytest

from secondhalf.search.axes import read_axes
from secondhalf.search.importance import field_importance


def test_the_field_that_decides_has_all_and_the_other_none() -> None:
    axes = read_axes(["a=1,2,3", "b=x,y"], {})
    values = [({"a": a, "b": b}, float(a)) for a in "123" for b in "xy"]
    shares = field_importance(axes, values)
    assert list(shares) == ["a", "b"]
    assert shares["a"] == pytest.approx(1)
    assert shares["b"] == 0


def test_a_range_counts_by_quarters_of_its_trials() -> None:
    axes = read_axes(["rate=0..1", "other=0..1"], {})
    rng = random.Random(1)
    points = [(rng.random(), rng.random()) for _ in range(60)]
    shares = field_importance(axes, [({"rate": repr(x), "other": repr(y)}, x * x) for x, y in points])
    assert shares["rate"] > 0.8
    assert shares["other"] < 0.1


def test_noise_explains_about_nothing() -> None:
    # Eta squared, without what chance explains taken off, would be about 3/11 here.
    axes, rng = read_axes(["a=1,2,3,4"], {}), random.Random(2)
    means = [
        field_importance(axes, [({"a": "1234"[n % 4]}, rng.gauss(0, 1)) for n in range(12)])["a"] for _ in range(200)
    ]
    assert sum(means) / len(means) < 0.15


def test_too_few_or_equal_trials_explain_nothing() -> None:
    axes = read_axes(["a=1,2"], {})
    assert field_importance(axes, [({"a": "1"}, 1.0), ({"a": "2"}, 2.0)]) == {}
    assert field_importance(axes, [({"a": "12"[n % 2]}, 1.0) for n in range(6)]) == {"a": 0}
