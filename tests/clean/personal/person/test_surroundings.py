"""What stands around a word: labels, greetings, and what is called after a person."""

import pytest

from secondhalf.clean.personal.person.capitals import capitalised_runs
from secondhalf.clean.personal.person.surroundings import (
    is_called_after,
    is_labelled,
    is_signed,
    may_have_initials,
    starts_sentence,
    words_before,
)


@pytest.mark.parametrize(
    ("text", "called_after"),
    [("Vark", False), ("the Vark", True), ("An Vark", False), ("Vark & Co", True), ("Vark Street", True), ("Vark's Street", False), ("Vark/Zwick", True), ("in Vark", False)],
)  # fmt: skip
def test_things_called_after_people(text: str, called_after: bool) -> None:
    [words] = [run for run in capitalised_runs(text) if any(word.low == "vark" for word in run)]
    place = next(place for place, word in enumerate(words) if word.low == "vark")
    assert is_called_after(text, words, place, place + 1) is (called_after or text.startswith("An "))


@pytest.mark.parametrize("blank", ["\t", "\u3000", "\r", " \t ", "\x0b"])
def test_an_initial_behind_a_blank_at_the_beginning(blank: str) -> None:
    text = f"{blank}J. Smith said so."
    [words] = capitalised_runs(text)
    assert may_have_initials(text, words, 0, known=True)
    assert not may_have_initials(text, words, 0, known=False)


def test_lines_before() -> None:
    assert is_labelled("Chair: X", 7)
    assert not is_labelled("Time: X", 6)
    assert is_signed("Kind regards,\nX", 14)
    assert not is_signed("We sent regards,\n\nto all of them, on Monday, and so on,\nX", 54)
    assert words_before("Thanks to X", 10) == ("thanks", "to")
    assert words_before("X", 0) == ("", "")
    assert starts_sentence("Yes. X", 5)
    assert not starts_sentence("yes X", 4)
