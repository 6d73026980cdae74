"""Axes: values, ranges, their combinations, and what is none."""

import math

import pytest

from secondhalf.errors import UserError
from secondhalf.search.axes import Axis, Range, combinations, named, read_axes


def test_values_ranges_and_scales() -> None:
    values, whole, log = read_axes(["train.rank=4, 8,4", "train.epochs=1..3", "train.learning_rate=1e-5..1e-3:log"], {})
    assert values == Axis("train.rank", ("4", "8"))
    assert whole.range == Range(1, 3, log=False, whole=True)
    assert log.range == Range(1e-5, 1e-3, log=True, whole=False)
    assert [axis.size for axis in (values, whole, log)] == [2, 3, math.inf]
    assert [axis.ends for axis in (values, whole, log)] == [("4", "8"), ("1", "3"), ("1e-05", "0.001")]
    # What only looks like a range is a value: a path, a word.
    assert read_axes(["students.base=../small,../large"], {})[0].values == ("../small", "../large")


def test_a_number_of_a_range_is_short_and_within_it() -> None:
    rates = Range(3e-5, 1e-3, log=True, whole=False)
    assert rates.written(0.000123456) == "0.0001235"
    assert rates.written(3.0000001e-5) == "3e-05"
    assert float(Range(0.12345, 0.2, log=False, whole=False).written(0.12345)) >= 0.12345
    assert Range(1, 9, log=False, whole=True).written(4.0) == "4"


def test_every_combination_the_last_axis_fastest() -> None:
    settings = combinations(read_axes(["a=1,2", "b=x,y"], {}))
    assert settings == [{"a": a, "b": b} for a in "12" for b in "xy"]
    assert named({"train.rank": "4", "data.mine.teach.replies": "2"}) == "rank=4 data.mine.teach.replies=2"


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (["train.rank"], "write FIELD=VALUE"),
        (["=1,2"], "write FIELD=VALUE"),
        (["train.rank=,"], "write FIELD=VALUE"),
        (["train.rank=4,8", "train.rank=2"], "each field once"),
        (["train.rank=8..4"], "no width"),
        (["train.rank=4..4"], "no width"),
        (["train.dropout=0..1:log"], "begins above 0"),
        (["train.rank=a..b:log"], "a range is LOW..HIGH"),
        (["evaluate.max_tokens=1,2"], "^--over evaluate.max_tokens=1,2: the same prompts.$"),
        (["seed=1,2"], "a lucky seed"),
    ],
)
def test_what_is_no_axis(axes: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_axes(axes, {"evaluate": "the same prompts", "seed": "a lucky seed"})
    # A field that only begins with the same letters is free.
    assert read_axes(["seeds=1,2"], {"seed": "no"})


def test_a_grid_has_no_ranges() -> None:
    with pytest.raises(UserError, match="name values, or search it with"):
        combinations(read_axes(["train.rank=4..8"], {}))
