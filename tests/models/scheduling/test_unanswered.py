"""Refusals that do not say whose fault they are: the text's where others are answered beside it, else everybody's."""

import random

import pytest

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply
from secondhalf.models.scheduling.unanswered import UnclearRefusals


def _settle(outcomes: str, order: list[int] | None = None) -> str:
    """Settles rows in the order given: . answered, letters refused in words of their own, t for its text, x for the server.

    Returns what became of each, in the order of sending: `T` where an unclear refusal turned out to be the text's.
    """
    refusals, result = UnclearRefusals(), dict[str, str]()

    def take(several) -> None:
        for settled in several:
            outcome = settled.outcome
            fault = outcome.fault if isinstance(outcome, RefusedError) else "."
            result[settled.rows[0]] = {"text": "T", "server": "x"}.get(fault, fault)

    for place in order or range(len(outcomes)):
        sign = outcomes[place]
        faults = {"t": "text", "x": "server"}
        outcome = (
            Reply("y", "stop", 1, 1)
            if sign == "."
            else RefusedError(f"{sign} {place} no", fault=faults.get(sign, "unclear"))
        )
        take(refusals.settle(place, [str(place)], outcome))
    take(refusals.finish())
    return "".join(result[str(place)] for place in range(len(outcomes)))


@pytest.mark.parametrize(
    "outcomes",
    [".a...", "aaaa.", "a.a.a.a.a.a.", ".aa", ".abab", "aabbcc.", "a", "aa", "..tttttttt", ".t.xxxxxxx", ".axax."],
)
def test_others_that_are_answered_beside_it_show_that_it_is_the_texts(outcomes: str):
    expected = outcomes.replace("t", "T").replace("a", "T").replace("b", "T").replace("c", "T")
    assert _settle(outcomes) == expected
    for seed in range(20):
        order = list(range(len(outcomes)))
        random.Random(seed).shuffle(order)
        assert _settle(outcomes, order) == expected


@pytest.mark.parametrize("outcomes", ["aaaaa.....", "....aaa", "......aaaa", "aaa", "ttt", "aattaaa", "..axaxaxaa"])
def test_equal_words_to_one_after_another_stop(outcomes: str):
    for seed in range(20):
        order = list(range(len(outcomes)))
        random.Random(seed).shuffle(order)
        with pytest.raises(UserError, match=r"one request after another in the same words: [at] . no"):
            _settle(outcomes, order)


def test_refusals_stop_at_once_however_many_are_still_out():
    refusals = UnclearRefusals()
    for place in range(100, 104):
        assert refusals.settle(place, ["r"], RefusedError("no template")) == []
    with pytest.raises(UserError, match="no template"):
        refusals.settle(104, ["r"], RefusedError("no template"))


def test_where_nothing_shall_stop_everything_is_handed_out_as_it_comes():
    refusals = UnclearRefusals()
    refusals.stops = False
    for place in range(10):
        refusal = RefusedError("no")
        assert [one.outcome for one in refusals.settle(place, ["r"], refusal)] == [refusal]
    assert refusals.finish() == []
