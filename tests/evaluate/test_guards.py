"""Answers that are none: each guard trips at what it is for, and not on a good answer."""

import pytest

from secondhalf.evaluate.guards import ECHOES, LOOPS, guards, is_no_answer

PROMPT = "Write one sentence about the old mill by the river, with the word flour in it."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The miller grinds flour while the water turns his wheel.", []),
        ("", ["empty"]),
        (" \n。", ["empty"]),
        (PROMPT, ["echo"]),
        ("Flour is white and soft. " * 6, ["loop"]),
        ("小麦粉を挽く。" * 8, ["loop"]),
    ],
)
def test_which_guard_trips(answer: str, expected: list[str]) -> None:
    assert [guard.name for guard in guards(PROMPT, answer) if guard.trips] == expected
    assert is_no_answer(PROMPT, answer) == bool(expected)


def test_a_guard_trips_above_its_limit_alone() -> None:
    # Five words have two 4-grams. Of "a b c d e" none occurred before; the ten of the next line have seven, three of them again.
    assert {guard.name: (guard.share, guard.limit) for guard in guards("x", "a b c d e")} == {
        "empty": (0.0, 0.0),
        "echo": (0.0, ECHOES),
        "loop": (0.0, LOOPS),
    }
    assert guards("x", "a b c d e f a b c d")[2].share == pytest.approx(1 / 7)
