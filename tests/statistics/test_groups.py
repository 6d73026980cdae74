"""Results by group: a gain that holds everywhere, one that holds in one place, and what cannot be said."""

import numpy as np
import pytest

from secondhalf.statistics import compare, compare_groups, describe_groups, holm

GROUPS = {f"p{n}": ("maths", "poems", "mail")[n % 3] for n in range(90)}


def arms(gain: dict[str, float], seed: int = 0) -> tuple[dict[str, float], dict[str, float]]:
    draw = np.random.default_rng(seed)
    base = {id: float(draw.normal(0, 1)) for id in GROUPS}
    return {id: value + gain[GROUPS[id]] + float(draw.normal(0, 0.3)) for id, value in base.items()}, base


def test_a_gain_everywhere_generalises() -> None:
    found = compare_groups(*arms(dict.fromkeys(("maths", "poems", "mail"), 0.5)), GROUPS)
    assert not any(c.noise for c in found.by_group.values())
    assert found.differ > 0.05
    assert "Of 3 groups, 3 are shown to be better and 0 worse" in describe_groups(found, "en")
    assert "3 区分のうち 3 区分で良く" in describe_groups(found, "ja")


def test_the_worst_group_is_named_first() -> None:
    found = compare_groups(*arms({"maths": -0.4, "poems": 0.6, "mail": 0.5}), GROUPS)
    assert found.worst == next(iter(found.by_group)) == "maths"
    assert found.by_group["maths"].difference < 0
    assert found.differ < 0.01
    assert "1 worse" in describe_groups(found, "en")
    assert "in maths; the difference depends on the group" in describe_groups(found, "en")


def test_where_less_is_better_the_worst_is_the_largest() -> None:
    found = compare_groups(*arms({"maths": -0.4, "poems": 0.6, "mail": 0.1}), GROUPS, lower_is_better=True)
    assert list(found.by_group) == ["poems", "mail", "maths"]
    assert "1 are shown to be better and 1 worse" in describe_groups(found, "en", lower_is_better=True)


def test_p_is_corrected_over_the_groups() -> None:
    one, two = arms({"maths": 0.12, "poems": 0.12, "mail": 0.12})
    found = compare_groups(one, two, GROUPS)
    alone = {
        name: compare(*([arm[id] for id in sorted(arm) if GROUPS[id] == name] for arm in (one, two)))
        for name in found.by_group
    }
    assert [c.p for c in found.by_group.values()] == pytest.approx(holm([alone[name].p for name in found.by_group]))
    assert all(found.by_group[name].difference == pytest.approx(alone[name].difference) for name in alone)


def test_by_chance_no_group_differs_more_than_one_time_in_twenty() -> None:
    flat = dict.fromkeys(("maths", "poems", "mail"), 0.2)
    small = [compare_groups(*arms(flat, seed), GROUPS, resamples=500).differ < 0.05 for seed in range(60)]
    assert sum(small) <= 8


def test_what_is_alone_is_left_out() -> None:
    groups = {"a": "one", "b": "two", "c": "two", "d": ""}
    one, two = {"a": 1.0, "b": 1.0, "c": 0.5, "d": 9.0}, {"a": 0.0, "b": 0.5, "c": 0.25, "d": 0.0}
    found = compare_groups(one, two, groups)
    assert (list(found.by_group), found.left_out) == (["two"], ["one"])
    assert compare_groups({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, {}).worst == ""
    assert "No group" in describe_groups(compare_groups({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, {}), "en")
