"""The checks of minimal pairs on texts of their own, good and bad, in English and in Japanese."""

from dataclasses import replace
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.minimal_pairs.checks import CHECKS, keeps
from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair

PAIR = MinimalPair("en-x-y-a", "en", "x", "y", "Hi", "Hi there", "Hello", "Bye", {})
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("series", {"parts": 3}, "We need rope, nails and glue.", "We need rope and glue."),
    ("series", {"parts": 3}, "rope, nails, and glue", "rope, nails, glue, tape"),
    ("series", {"parts": 2}, "釘、のりです。", "釘、のり、糸です。"),
    ("order", {"texts": ["ant", "bee", "cat"]}, "An ant, a bee and a cat.", "A bee, an ant and a cat."),
    ("order", {"texts": ["うし", "とら"]}, "うしととらです。", "とらです。"),
    ("place", {"item": "tea", "others": ["milk", "jam"], "last": False}, "tea, milk, jam", "milk, tea, jam"),
    ("place", {"item": "茶", "others": ["水", "酒"], "last": True}, "水、酒、茶", "水、茶、酒"),
    ("marks", {"any": ['"'], "used": True}, "He said, “Come.”", "He told me to come."),
    ("marks", {"any": ["("], "used": False}, "木の箱です。", "箱（木製）です。"),
    ("kanji", {"used": False}, "あめのひのパン", "雨の日のパン"),
    ("numerals", {"digits": True}, "It took 3 days.", "It took three days."),
    ("numerals", {"digits": False}, "It took twenty-four days.", "It took 24 days."),
    ("numerals", {"digits": True}, "３個あります。", "三個あります。"),
    ("numerals", {"digits": False}, "二人で三日かかった。", "二人で3日かかった。"),
    ("person", {"person": "woman"}, "She lost her hat.", "She lost his hat."),
    ("person", {"person": "third"}, "They lost their hats.", "The hats were lost."),
    ("person", {"person": "first"}, "I lost my hat.", "Mia lost her hat."),
    ("tense", {"future": True}, "We will eat. They'll sing.", "We will eat. They sang."),
    ("tense", {"future": False}, "We ate.", "We are going to eat."),
    ("tense", {"future": True}, "森へ行きます。", "森へ行きました。"),
    ("tense", {"future": False}, "楽しかったです。森へ行った。", "森へ行くつもりです。"),
    ("politeness", {"polite": True}, "森へ行きました。静かでしたね。", "森へ行きました。静かだった。"),
    ("politeness", {"polite": False}, "森へ行った。静かだった", "森へ行った。静かでした"),
]


def keeping(check: dict[str, Any], answer: str) -> bool:
    return keeps(replace(PAIR, check=check), answer)


@pytest.mark.parametrize(("kind", "args", "good", "bad"), CASES)
def test_good_passes_and_bad_fails(kind: str, args: dict[str, Any], good: str, bad: str) -> None:
    assert keeping({"kind": kind, **args}, good)
    assert not keeping({"kind": kind, **args}, bad)


def test_every_check_has_a_case() -> None:
    assert {kind for kind, *_ in CASES} == set(CHECKS)


def test_an_everyday_check_decides_too_and_can_be_negated() -> None:
    check = {"kind": "start", "any": ["Early"]}
    assert keeping(check, "Early in the day.")
    assert not keeping({**check, "negated": True}, "Early in the day.")
    assert keeping({**check, "negated": True}, "Late in the day.")


def test_an_unknown_kind_and_a_wrong_argument_are_named() -> None:
    with pytest.raises(UserError, match=r"en-x-y-a: the check kind 'rhyme' is unknown; write one of .*order"):
        keeping({"kind": "rhyme"}, "Hello")
    with pytest.raises(UserError, match="kind 'None' is unknown"):
        keeping({}, "Hello")
    with pytest.raises(UserError, match=r"en-x-y-a: kanji: .*colour"):
        keeping({"kind": "kanji", "used": True, "colour": "red"}, "Hello")
