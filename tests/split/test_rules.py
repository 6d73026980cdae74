"""Each rule on an English and a Japanese text that was cut by hand."""

from collections.abc import Callable

import pytest

from secondhalf.split.rules import Boundaries, character_boundaries, line_breaks, paragraph_boundaries, word_boundaries
from secondhalf.split.stage import RULES
from support.pieces import pieces


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("text", ["One two. Three four!\n\nFive.  ", "一つ目。二つ目！\n\n三つ目。\u3000"])
def test_boundaries_rise_and_end_with_the_text(rule: Callable[[str], Boundaries], text: str) -> None:
    boundaries = rule(text)
    assert boundaries == sorted(set(boundaries))
    assert boundaries[-1][0] == len(text.rstrip())
    assert all(not text[offset - 1].isspace() for offset, _ in boundaries)


def test_words_are_characters_in_japanese() -> None:
    assert word_boundaries("two words here") == [(3, 1), (9, 2), (14, 3)]
    assert word_boundaries("猫が好き。") == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]


def test_characters_are_measured_at_the_ends_of_words() -> None:
    assert character_boundaries(" two  words\n") == [(4, 4), (11, 11)]
    assert character_boundaries("猫 だ") == [(1, 1), (3, 3)]


def test_line_breaks_by_their_number_of_line_ends() -> None:
    text = "\na\n\nb \r\n c\u2028d e\n"
    assert line_breaks(text, lines=2) == [2]
    assert line_breaks(text, lines=1) == [2, 5, 10]


def test_paragraphs_are_parted_by_blank_lines_or_else_by_lines() -> None:
    assert pieces(paragraph_boundaries, "one\ntwo\r\n \r\nthree\n\n\nfour\n") == ["one\ntwo", "three", "four"]
    assert pieces(paragraph_boundaries, "一行目。\n二行目。\r\n三行目。") == ["一行目。", "二行目。", "三行目。"]
    assert pieces(paragraph_boundaries, "one\u2029two") == ["one", "two"]


@pytest.mark.parametrize("hostile", [".", "。", "「", ". ", "1. A ", "「」", "a.b.", "\n", "Mr. A"])
def test_a_text_of_one_thing_is_still_quick(hostile: str) -> None:
    # Quadratic work on 200,000 characters would take minutes.
    text = hostile * (200_000 // len(hostile)) + "x"
    for rule in RULES.values():
        assert rule(text)[-1][0] == len(text)
