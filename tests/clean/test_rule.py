"""A figure against its limits."""

import pytest

from secondhalf.clean.rule import rule_verdict
from secondhalf.rows import Verdict


@pytest.mark.parametrize(
    ("figure", "least", "most", "passed"),
    [
        (1, None, None, True),
        (1, 1, 1, True),
        (0.9, 1, None, False),
        (1.1, None, 1, False),
        (0, 0, None, True),
    ],
)
def test_a_limit_is_met_exactly_or_off(figure: float, least: float | None, most: float | None, passed: bool) -> None:
    expected = Verdict("d", "set.rule", passed, float(figure), "" if passed else "why")
    assert rule_verdict("d", "set.rule", figure, "why", least=least, most=most) == expected
