"""The inventory of entries: what is in it, with capitals and curly apostrophes, and what is not."""

import pytest

from secondhalf.clean.english.abbreviations import exceptions

ENTRIES = exceptions()


@pytest.mark.parametrize(
    ("entry", "tokens"),
    [
        ("don't", "do n't"),
        ("Don’t", "Do n’t"),
        ("dont", "do nt"),
        ("we'll've", "we 'll 've"),
        ("12p.m.", "12 p.m."),
        ("Mr.", "Mr."),
        ("Cannot", "Can not"),
        ("°C.", "° C ."),
        (":-)", ":-)"),
    ],
)
def test_an_entry_has_its_tokens(entry: str, tokens: str) -> None:
    assert ENTRIES[entry] == tuple(tokens.split())


@pytest.mark.parametrize("word", ["ill", "its", "well", "were", "13pm", "Doctor.", "DON'T"])
def test_what_is_no_entry(word: str) -> None:
    assert word not in ENTRIES


def test_the_tokens_joined_are_the_entry() -> None:
    assert all("".join(tokens) == entry for entry, tokens in ENTRIES.items())
