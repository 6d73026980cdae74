"""Refusals that do not say whose fault they are: a request that was answered before is asked again, or their order tells."""

import random

import pytest

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply
from secondhalf.models.scheduling.unanswered import UnclearRefusals


def _settle(outcomes: str, answers: bool | None, seed: int | None = None) -> tuple[str, int]:
    """Settles rows in any order: . answered, letters refused in words of their own, t for its text, x by the server's failure.

    `answers`: what the server does when it is probed. Returns what became of each, in the order of sending: `T` where an
    unclear refusal turned out to be the text's; and how often the server was probed.
    """
    probes = []
    refusals, result = UnclearRefusals(lambda: (probes.append(1), answers)[1]), dict[str, str]()

    def take(several) -> None:
        for settled in several:
            outcome = settled.outcome
            fault = outcome.fault if isinstance(outcome, RefusedError) else "."
            result[settled.rows[0]] = {"text": "T", "server": "x"}.get(fault, fault)

    order = list(range(len(outcomes)))
    if seed is not None:
        random.Random(seed).shuffle(order)
    for place in order:
        sign = outcomes[place]
        fault = {"t": "text", "x": "server"}.get(sign, "unclear")
        reply = Reply("y", "stop", 1, 1)
        take(
            refusals.settle(
                place, [str(place)], reply if sign == "." else RefusedError(f"{sign} {place} no", fault=fault)
            )
        )
    take(refusals.finish(len(outcomes)))
    return "".join(result[str(place)] for place in range(len(outcomes))), len(probes)


def _as_texts(outcomes: str) -> str:
    return "".join("T" if sign in "tabc" else sign for sign in outcomes)


@pytest.mark.parametrize(
    "outcomes", ["aaaaaaaaaa", ".a.a.a.", "....aaa", "aaaa.", ".aa", "aabbcc.", "..tttttttt", ".txxxxxxx"]
)
def test_a_server_that_still_answers_shows_that_it_is_the_texts(outcomes: str):
    for seed in range(20):
        result, probes = _settle("." + outcomes, True, seed)
        assert result == "." + _as_texts(outcomes)
        assert probes <= 3


@pytest.mark.parametrize("outcomes", ["aaaaa.....", ".a.a.a.", "....aaa", ".a..xa..a"])
def test_a_server_that_answers_no_more_stops_the_run(outcomes: str):
    for seed in range(20):
        with pytest.raises(UserError, match=r"one request after another in the same words: a \d no"):
            _settle(outcomes, False, seed)


@pytest.mark.parametrize("outcomes", [".aa", "abab", "aabb", "a", "", "tt", "xxxxxxx"])
def test_few_alike_are_the_texts_and_nobody_is_probed(outcomes: str):
    assert _settle(outcomes, False) == (_as_texts(outcomes), 0)


@pytest.mark.parametrize(
    ("outcomes", "stops"), [("..aaa", 1), ("aaa", 1), ("ttt", 1), ("aaaaa.", 1), (".aaa.", 0), (".ttt", 0)]
)
def test_where_nobody_can_be_probed_the_order_tells(outcomes: str, stops: int):
    if not stops:
        assert _settle(outcomes, None)[0] == _as_texts(outcomes)
        return
    with pytest.raises(UserError):
        _settle(outcomes, None)


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
    assert refusals.finish(10) == []
