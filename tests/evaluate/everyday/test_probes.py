"""Each probe with an answer that has it and one that has not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.evaluate.everyday import probes

ENGLISH = "The sea is wide and blue, and its waves roll over the sand."


def test_stops_is_the_finish_reason_alone() -> None:
    assert [probes.stops(finish) for finish in ("stop", "length", "content_filter", "")] == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "answer",
    [
        "It is blue.\nUser: And the sun?",
        "It is blue.\n\n  human : why",
        "It is blue.\n**Question:** why",
        "Blue.\nQ: why",
        "Blue.\n### Instruction\nName a cat.",
        "青です。\nユーザー：では太陽は？",
        "青です。\n質問: では太陽は？",
    ],
)
def test_next_turn_is_seen(answer: str) -> None:
    assert probes.next_turn(answer) == 1.0


@pytest.mark.parametrize(
    "answer",
    [
        "User: Is the sea blue?",
        "It is what a User: wrote",
        "It is blue.\nUsers: many",
        "It is blue.\nThe question: why",
        "Blue.\nQuestions are good.",
        "青です。\n質問があれば聞いてください。",
        "",
    ],
)
def test_no_next_turn(answer: str) -> None:
    assert probes.next_turn(answer) == 0.0


def test_the_turn_words_are_the_templates() -> None:
    assert probes.next_turn("Blue.\nTraveller: why?", ["Traveller"]) == 1.0
    assert probes.next_turn("Blue.\nUser: why?", ["Traveller"]) == 0.0
    assert probes.next_turn("Blue.\nUser: why?", []) == 0.0
    assert probes.next_turn("Blue.\n(.*", ["(.*"]) == 0.0


def test_repeats() -> None:
    assert probes.repeats(ENGLISH) == 0.0
    assert probes.repeats("a b c d a b c d") == pytest.approx(1 / 5)
    assert probes.repeats("yes yes yes") == 0.0
    assert probes.repeats("海は広いな。" * 8) > 0.7
    assert probes.repeats("海は広くて青く、波が砂浜に寄せては返します。") == 0.0


def test_echo() -> None:
    assert probes.echo(ENGLISH, ENGLISH.upper()) == 1.0
    assert probes.echo(ENGLISH, "A forest is dark and full of old trees.") == 0.0
    assert probes.echo(ENGLISH, "one two three four the sea is wide") == pytest.approx(1 / 5)
    assert probes.echo("海について一文で書いてください。", "海について一文で書いてください") == 1.0
    assert probes.echo("海について一文で書いてください。", "海は広くて青く、波が寄せます。") == 0.0
    # Eight characters are a run, as four words are.
    assert probes.echo("海について一文で書いてください。", "海について一文で") == 1.0
    assert probes.echo("海について一文で書いてください。", "海について一文") == 0.0


def test_language_kept() -> None:
    assert probes.language_kept(ENGLISH, "en") == 1.0
    assert probes.language_kept(ENGLISH, "ja") == 0.0
    assert probes.language_kept("海は広くて青いです。", "ja") == 1.0
    assert probes.language_kept("", "en") == probes.language_kept("12.", "en") == 0.0


def test_empty() -> None:
    assert probes.empty(" \n.") == 1.0
    assert probes.empty("7") == 0.0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_every_figure_lies_between_0_and_1(prompt: str, answer: str) -> None:
    figures = probes.probe(prompt, answer, "stop", "en")
    assert list(figures) == ["stops", "next_turn", "repeats", "echo", "language_kept", "empty"]
    assert all(0.0 <= value <= 1.0 for value in figures.values())
