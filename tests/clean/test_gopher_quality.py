"""Gopher's quality rules: figures worked out by hand, limits met exactly, and texts without anything to count."""

import pytest

from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.rows import Verdict

SENTENCE = "The cat and the dog have to be with the bird, that much is known of them. "


def judged(text: str, **settings: float | None) -> dict[str, Verdict]:
    verdicts = check_gopher_quality(TokenizedText("0", text), GopherQualitySettings(**settings))  # type: ignore[arg-type]
    return {verdict.check.partition(".")[2]: verdict for verdict in verdicts}


def test_ordinary_prose_passes_every_rule() -> None:
    assert all(verdict.passed for verdict in judged(SENTENCE * 4).values())


def test_words_are_tokens_that_are_not_symbols_alone() -> None:
    assert judged("One two , three !!! 4 •")["words"].score == 5  # a bullet counts as a word, as in datatrove


@pytest.mark.parametrize(
    ("text", "rule", "figure"),
    [
        ("one two three", "words", 3),
        ("ab abcd , .", "mean_length", 3),
        ("# # a b c d e f g h", "hashes", 0.2),
        ("a … b … c d e f g h", "ellipses", 0.2),
        ("- a\n- b\n  • c\nd", "bullet_lines", 0.75),
        ("a ...\nb…\nc\nd  ", "ellipsis_lines", 0.5),
        ("a b c , 1", "letter_words", 0.6),
        ("the The to of", "stop_words", 3),
    ],
)
def test_figures(text: str, rule: str, figure: float) -> None:
    assert judged(text)[rule].score == pytest.approx(figure)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("one two three", "words"),
        ("a b c d " * 20, "mean_length"),
        ("incomprehensibility " * 60, "mean_length"),
        ("# word " * 60, "hashes"),
        ("word… " * 60, "ellipses"),
        ("- a line of words\n" * 30, "bullet_lines"),
        ("a line that goes on…\n" * 30, "ellipsis_lines"),
        ("12 34 56 word " * 30, "letter_words"),
        ("colourless green ideas sleep furiously " * 20, "stop_words"),
    ],
)
def test_each_rule_refuses(text: str, rule: str) -> None:
    verdict = judged(text)[rule]
    assert not verdict.passed
    assert verdict.reason


def test_a_figure_equal_to_its_limit_passes() -> None:
    assert judged("word " * 50)["words"].passed
    assert not judged("word " * 49)["words"].passed


def test_an_empty_limit_switches_its_rule_off() -> None:
    assert judged("one", min_words=None)["words"].passed


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "\x00", "a"])
def test_nothing_to_count_is_no_error(text: str) -> None:
    assert not all(verdict.passed for verdict in judged(text).values())
