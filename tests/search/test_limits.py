"""Limits: the interval's worse end counts."""

import pytest

from secondhalf.errors import UserError
from secondhalf.search.limits import Measure, read_limits


def test_the_worse_end_of_the_interval_counts() -> None:
    below, above = read_limits(["forgotten_en<0.1", "stops > 0.5"])
    assert (str(below), str(above)) == ("forgotten_en<0.1", "stops>0.5")
    assert below.kept(Measure(0.05, 0.01, 0.09))
    assert not below.kept(Measure(0.05, 0.01, 0.11))
    assert not below.passed(Measure(0.05, 0.01, 0.11))  # undecided: neither kept nor passed
    assert below.passed(Measure(0.2, 0.1, 0.3))
    assert below.excess(Measure(0.05, 0.01, 0.12)) == pytest.approx(0.02)
    assert above.kept(Measure(0.7, 0.6, 0.8))
    assert not above.kept(Measure(0.7, 0.4, 0.8))
    assert above.passed(Measure(0.3, 0.2, 0.5))


@pytest.mark.parametrize(
    "text", ["forgotten_en", "forgotten_en<", "<0.1", "forgotten_en=0.1", "forgotten_en<=0.1", "a<b"]
)
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(UserError, match="write FIGURE<VALUE"):
        read_limits([text])
