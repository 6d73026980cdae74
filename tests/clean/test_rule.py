"""A figure against its limits, and how a refusal says what was measured."""

import pytest

from secondhalf.clean.rule import above, below, rule_verdict
from secondhalf.rows import Verdict


@pytest.mark.parametrize(
    ("figure", "least", "most", "reason"),
    [
        (1, None, None, ""),
        (1, 1, 1, ""),
        (0.9, 1, None, "why: 0.9, at least 1 wanted (clean.set.min_x)"),
        (1.1, None, 1, "why: 1.1, at most 1 allowed (clean.set.max_x)"),
        (7, 1, 3, "why: 7, at most 3 allowed (clean.set.max_x)"),
        (0, 0, None, ""),
    ],
)
def test_a_limit_is_met_exactly_or_off(figure: float, least: float | None, most: float | None, reason: str) -> None:
    expected = Verdict("d", "set.rule", not reason, float(figure), reason)
    assert rule_verdict("d", "set.rule", figure, "why", "min_x max_x", least=least, most=most) == expected


@pytest.mark.parametrize(
    ("figure", "shown"), [(0.68, "0.68"), (0.6789, "0.68"), (0.79996, "0.79996"), (31, "31"), (0.0, "0")]
)
def test_a_figure_never_looks_like_its_limit(figure: float, shown: str) -> None:
    assert below("why", figure, 0.8, "f") == f"why: {shown}, at least 0.8 wanted (f)"
    assert above("why", 0.30001, 0.3, "f") == "why: 0.30001, at most 0.3 allowed (f)"
