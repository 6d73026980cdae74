"""Every figure of one prompt, by values worked out by hand."""

from collections import Counter

import pytest

from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.evaluate.everyday.stage import neighbours, score_prompt, select_everyday
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.rows import Answer

CHECKS = ({"kind": "keyword", "any": ["mill"]}, {"kind": "length", "unit": "words", "max": 12})


def _prompt(id: str) -> EverydayPrompt:
    return EverydayPrompt(id, "en", "place", f"Where is {id}?", CHECKS, "The mill stands by the river.")


ONE, TWO, THREE = (_prompt(id) for id in ("one", "two", "three"))
# Nats a token of a response (second) after a prompt (first).
LOGPROBS = {
    ("one", "one"): -1.0,
    ("one", "two"): -2.0,
    ("one", "three"): -0.5,
    ("two", "one"): -1.5,
    ("three", "one"): -2.5,
}


def _figures(answer: str, finish: str = "stop") -> dict[str, float]:
    scores = score_prompt(ONE, Answer("one", answer, finish, 9), [TWO, THREE], LOGPROBS)
    assert {score.id for score in scores} == {"one"}
    return {score.figure: score.value for score in scores}


def test_likelihood_figures() -> None:
    figures = _figures("The mill stands there.")
    assert figures["ranking"] == 1 / 2  # -1.0 is above -2.0 and below -0.5
    assert figures["margin"] == pytest.approx(-1.0 - (-2.0 - 0.5) / 2)
    assert figures["relevance"] == pytest.approx(-1.0 - (-1.5 - 2.5) / 2)


@pytest.mark.parametrize(
    ("answer", "constraints", "checks", "constraints_cut", "checks_cut"),
    [
        ("The mill stands there.", 1, 1, 1, 1),
        ("It stands there.", 0.5, 0, 0.5, 0),
        ("It stands there, far from all the other houses of the long valley.", 0, 0, 0, 0),
        # Right, and then it plays the user: too long as it stands, right when it is cut.
        ("The mill stands there.\nUser: And what else is there to see in this town?", 0.5, 0, 1, 1),
        # A loop passes nothing, cut or not.
        ("The mill. " * 6, 0, 0, 0, 0),
        # A loop that begins with the next turn is no part of the answer that is cut.
        ("The mill stands there." + "\nUser: Where is the mill?" * 8, 0, 0, 1, 1),
    ],
)
def test_checks(answer: str, constraints: float, checks: float, constraints_cut: float, checks_cut: float) -> None:
    figures = _figures(answer)
    assert (figures["constraints"], figures["checks"]) == (constraints, checks)
    assert (figures["constraints_cut"], figures["checks_cut"]) == (constraints_cut, checks_cut)


def test_habits() -> None:
    figures = _figures("Where is one? Far.\nUser: Far?", "length")
    assert (figures["stops"], figures["next_turn"], figures["empty"]) == (0, 1, 0)


def test_neighbours_are_mutual_and_of_one_language() -> None:
    prompts = [_prompt(f"p{n}") for n in range(7)]
    others = neighbours(prompts, EvaluateSettings(others=2))
    assert all(len(near) == 2 for near in others.values())
    for id, near in others.items():
        assert all(id in {one.id for one in others[other.id]} for other in near)


@pytest.mark.parametrize("count", range(1, 7))
def test_as_many_neighbours_as_are_asked_for_and_the_nearest(count: int) -> None:
    prompts = [_prompt(f"p{n}") for n in range(13)]
    others = neighbours(prompts, EvaluateSettings(others=count))
    assert {len({other.id for other in near}) for near in others.values()} == {count}
    assert not any(id in {other.id for other in near} for id, near in others.items())
    fewer = neighbours(prompts, EvaluateSettings(others=count - 1))
    assert all(others[id][: count - 1] == near for id, near in fewer.items())


def test_without_others_there_are_no_likelihood_figures() -> None:
    assert neighbours([ONE, TWO], EvaluateSettings(others=0)) == {"one": [], "two": []}
    scores = score_prompt(ONE, Answer("one", "The mill stands there.", "stop", 9), [], {})
    assert {"ranking", "margin", "relevance"}.isdisjoint(score.figure for score in scores)
    assert {"checks", "constraints", "stops"} <= {score.figure for score in scores}


def test_a_limit_takes_both_languages_in_turn_and_grows() -> None:
    few, more = (select_everyday(EvaluateSettings(limit=limit)) for limit in (6, 20))
    assert Counter(prompt.language for prompt in few) == {"en": 3, "ja": 3}
    assert {prompt.id for prompt in few} < {prompt.id for prompt in more}
    assert len(select_everyday(EvaluateSettings())) > 250


def test_languages_that_are_named_twice_or_all_make_no_difference() -> None:
    once = EvaluateSettings(languages=["en"], limit=6)
    assert EvaluateSettings(languages=["en", "en"], limit=6) == once
    assert len(select_everyday(once)) == 6
    assert EvaluateSettings(languages=["ja", "en"]).deciding("answers") == EvaluateSettings().deciding("answers")
