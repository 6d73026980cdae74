"""Replies that go round in circles, and those that only have a refrain."""

from dataclasses import replace

import pytest

from secondhalf.audit.loops import check_loops
from secondhalf.rows import Pair

PAIR = Pair("p", "d", "words", "en", "a b c", "", "", "t", "stop")


def test_loops_by_their_share() -> None:
    looped = replace(PAIR, response="one two three four " * 2)  # 5 runs of four, of which the last repeats the first
    assert check_loops(looped, 0.2).score == pytest.approx(0.2)
    assert [check_loops(looped, limit).passed for limit in (0.2, 0.19)] == [True, False]
    assert check_loops(replace(PAIR, response="short"), 0.0).passed


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        ("he went on and on and " * 5, "phrases"),
        ("ああああああああああああああああああああ", "characters"),
        ("It went on: hahahahahahahahahahahahaha", "characters"),
        ("No -=x=-=x=-=x=-=x=-=x=-=x=-=x=-=x=-=x=", "characters"),
        ("Yes.\nNo.\nYes.\nNo.\nYes.", "lines"),
        (
            "The man took my coat and hat. The man sold my coat and hat. The man lost my coat and hat. "
            "The man burned my coat and hat.",
            "sentences",
        ),
        (
            "手順1では水を静かに注ぎます。手順2では水を静かに注ぎます。手順3では水を静かに注ぎます。手順4では水を静かに注ぎます。",
            "phrases",
        ),
    ],
)
def test_every_kind_of_loop(response: str, kind: str) -> None:
    verdict = check_loops(replace(PAIR, response=response), 0.3)
    assert (verdict.passed, verdict.reason) == (False, f"the reply repeats itself: {kind}")


@pytest.mark.parametrize(
    "response",
    [
        "----------------------------------------\nThe end of the chapter\n----------------------------------------",
        "The road was long. The night was cold. The men were tired. The fire was out.",
        "1960: 12\n1961: 15\n1962: 18\n1963: 18",
        "町の図書館は来年の春に移る。市民の意見を聞く会が開かれた。市長は資金を探すと約束した。議会もこれに同意した。",
    ],
)
def test_rows_lists_and_short_sentences_are_no_loop(response: str) -> None:
    assert check_loops(replace(PAIR, response=response), 0.3).passed
