"""Teachers ranked by their pilots, and when a pilot stops a run."""

import pytest

from secondhalf.errors import UserError
from secondhalf.teach.pilot import PilotMeasure, PilotSettings, check_limits
from secondhalf.teach.ranking import rank_teachers, ranking_as_text


def _rows(values: list[float | None]) -> list[dict]:
    return [
        {"id": f"p{n}", "accepted": value is not None, "finished": n % 2 == 0, "loglikelihood": value}
        for n, value in enumerate(values)
    ]


def test_the_likeliest_teacher_comes_first_and_differences_are_over_common_halves():
    near = [-1.0 - 0.01 * n for n in range(20)]
    far = [value - 1 if n % 4 else None for n, value in enumerate(near)]
    best, other, nobody = rank_teachers(
        {
            ("taught", "far"): ("m1", _rows(far)),
            ("taught", "near"): ("m2", _rows(near)),
            ("x", ""): ("m3", _rows([None])),
        }
    )
    assert (best.teacher, best.accepted, best.finished, best.difference) == ("near", 1.0, 0.5, None)
    assert best.loglikelihood == pytest.approx(-1.095)
    assert (other.teacher, other.accepted, other.halves, other.noise) == ("far", 0.75, 15, False)
    # Halves that only one had accepted take no part: the difference is 1 for each of the others.
    assert (other.difference, other.low, other.high) == pytest.approx((1.0, 1.0, 1.0))
    assert (nobody.accepted, nobody.loglikelihood, nobody.difference) == (0.0, None, None)
    text = ranking_as_text([best, other, nobody])
    assert text.index("taught near") < text.index("taught far") < text.index("\nx ")
    assert "+1.000 [1.000, 1.000], 15 halves" in text


def test_without_a_student_the_accepted_share_decides():
    rows = {name: [{**row, "loglikelihood": None} for row in _rows(values)] for name, values in
            {"few": [None, None, -1.0], "many": [-1.0, -1.0, None]}.items()}  # fmt: skip
    ranked = rank_teachers({("d", name): ("m", own) for name, own in rows.items()})
    assert [row.teacher for row in ranked] == ["many", "few"]
    assert all(row.loglikelihood is None and row.difference is None for row in ranked)


def test_several_teachers_count_by_their_shares_towards_a_limit():
    good, bad = PilotMeasure(10, 0, 0, 10.0, 1.0, 0.75), PilotMeasure(10, 10, 10, 50.0, 5.0, 0.25)
    check_limits("d", 110, [good, bad], PilotSettings(max_rejected=0.25, max_unfinished=0.25, max_dollars=20.0))
    with pytest.raises(UserError, match=r"pilot\.max_rejected = 0\.2: of 20 pilot pairs of d, 25% were rejected"):
        check_limits("d", 110, [good, bad], PilotSettings(max_rejected=0.2))
    # 0.75 * 0.1 + 0.25 * 0.5 dollars a pair, and 100 pairs to come.
    with pytest.raises(UserError, match=r"the other 100 would take 0\.1 hours and 20\.00 dollars"):
        check_limits("d", 110, [good, bad], PilotSettings(max_dollars=19.0))
    check_limits("d", 110, [PilotMeasure(0, 0, 0, 0.0, 0.0)], PilotSettings(max_rejected=0))
