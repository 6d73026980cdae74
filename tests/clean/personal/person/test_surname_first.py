"""Surname, comma, given name: in lists of people and in references, not in running text."""

import pytest

from secondhalf.clean.personal.person.latin import latin_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Present: Quibble, Laura; Vark, Zoltar; Bennett, Paul.", ["Quibble, Laura", "Vark, Zoltar", "Bennett, Paul"]),
        ("Quibble, L., Vark, Z. B. and Zwick, A. (2014)", ["Quibble, L.", "Vark, Z. B.", "Zwick, A."]),
        ("From: Quibble, Laura\nTo: us", ["Quibble, Laura"]),
        ("In Quibble, Laura slept.", ["Laura"]),
        ("London, Paris; Rome", []),
    ],
)
def test_one_span_a_person(text: str, names: list[str]) -> None:
    assert [text[start:end] for start, end in latin_names(text)] == names
