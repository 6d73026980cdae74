"""Results by group: a gain that holds everywhere, one that holds in one place, and what cannot be said."""

import numpy as np
import pytest

from secondhalf.statistics import compare, compare_groups, describe_groups, holm

GROUPS = {f"p{n}": ("maths", "poems", "mail")[n % 3] for n in range(90)}


def arms(gain: dict[str, float], seed: int = 0) -> tuple[dict[str, float], dict[str, float]]:
    rng = np.random.default_rng(seed)
    base = {id: float(rng.normal(0, 1)) for id in GROUPS}
    return {id: value + gain[GROUPS[id]] + float(rng.normal(0, 0.3)) for id, value in base.items()}, base


def test_a_gain_everywhere_generalises() -> None:
    comparison = compare_groups(*arms(dict.fromkeys(("maths", "poems", "mail"), 0.5)), GROUPS)
    assert not any(c.noise for c in comparison.by_group.values())
    assert comparison.differ > 0.05
    assert "Of 3 groups, 3 are shown to be better and 0 worse" in describe_groups(comparison, "en")
    assert "3 区分のうち 3 区分で改善" in describe_groups(comparison, "ja")


def test_the_worst_group_is_named_first() -> None:
    comparison = compare_groups(*arms({"maths": -0.4, "poems": 0.6, "mail": 0.5}), GROUPS)
    assert comparison.worst == next(iter(comparison.by_group)) == "maths"
    assert comparison.by_group["maths"].difference < 0
    assert comparison.differ < 0.01
    assert "1 worse" in describe_groups(comparison, "en")
    assert "in maths; the difference depends on the group" in describe_groups(comparison, "en")


def test_where_less_is_better_the_worst_is_the_largest() -> None:
    comparison = compare_groups(*arms({"maths": -0.4, "poems": 0.6, "mail": 0.1}), GROUPS, lower_is_better=True)
    assert list(comparison.by_group) == ["poems", "mail", "maths"]
    assert "1 is shown to be better and 1 worse" in describe_groups(comparison, "en", lower_is_better=True)


def test_p_is_corrected_over_the_groups() -> None:
    one, two = arms({"maths": 0.12, "poems": 0.12, "mail": 0.12})
    comparison = compare_groups(one, two, GROUPS)
    alone = {
        name: compare(*([arm[id] for id in sorted(arm) if GROUPS[id] == name] for arm in (one, two)))
        for name in comparison.by_group
    }
    assert [c.p for c in comparison.by_group.values()] == pytest.approx(
        holm([alone[name].p for name in comparison.by_group])
    )
    assert all(comparison.by_group[name].difference == pytest.approx(alone[name].difference) for name in alone)


def test_by_chance_no_group_differs_more_than_one_time_in_twenty() -> None:
    flat = dict.fromkeys(("maths", "poems", "mail"), 0.2)
    small = [compare_groups(*arms(flat, seed), GROUPS, resamples=500).differ < 0.05 for seed in range(60)]
    assert sum(small) <= 8


def test_what_is_alone_is_left_out() -> None:
    groups = {"a": "one", "b": "two", "c": "two", "d": ""}
    one, two = {"a": 1.0, "b": 1.0, "c": 0.5, "d": 9.0}, {"a": 0.0, "b": 0.5, "c": 0.25, "d": 0.0}
    comparison = compare_groups(one, two, groups)
    assert (list(comparison.by_group), comparison.left_out) == (["two"], ["one"])
    assert compare_groups({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, {}).worst == ""
    assert "No group" in describe_groups(compare_groups({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, {}), "en")
