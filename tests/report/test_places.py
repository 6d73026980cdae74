"""What fills a phrase's places: as a lazy pattern says, and in linear time."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secondhalf.report.places import as_phrase

PHRASES = ("{a}", "{a}: {b}", "x{a}:{b}x", "no place", "{a} of {b}, not {c}.", "::{a}::", "{a}{b}")


@pytest.mark.parametrize("english", PHRASES)
@given(text=st.text("x:a of,no.\n", max_size=12))
@example(text="a of x, not of, not x.")
@example(text=":::")
@example(text="no place")
def test_places_are_those_of_a_lazy_pattern(english: str, text: str) -> None:
    pattern = re.sub(r"\\{(\w)\\}", r"(?P<\1>.*?)", re.escape(english))
    match = re.fullmatch(pattern, text, re.DOTALL)
    assert as_phrase(english).fills(text) == (match and match.groupdict())


def test_the_first_place_is_short_and_the_last_takes_the_rest() -> None:
    phrase = as_phrase("{path} cannot be read ({why}): {mend}.")
    assert phrase.fills("a cannot be read (b): c cannot be read (d): e.") == {
        "path": "a", "why": "b", "mend": "c cannot be read (d): e",
    }  # fmt: skip
    assert phrase.fills("a cannot be read (b)") is None


def test_a_text_of_nothing_but_what_stands_between_places() -> None:
    assert as_phrase("{a}: {b}: {c}: {d}: {e}: {f}!").fills(": " * 1_000_000) is None
