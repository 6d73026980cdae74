"""Classes of characters, by samples of each alphabet."""

import re

import pytest

from secondhalf.clean.english import alphabets
from secondhalf.clean.english.alphabets import LETTER, LOWER, SYMBOL, UPPER, code_points, pairs


def test_ranges_of_code_points() -> None:
    assert list(pairs("41-43 5a")) == [(0x41, 0x43), (0x5A, 0x5A)]
    assert list(code_points("41-43 5a")) == [0x41, 0x42, 0x43, 0x5A]
    assert alphabets._as_ranges([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]


@pytest.mark.parametrize(
    ("characters", "classes"),
    [
        ("azßéжλ", {"letter", "lower"}),
        ("AZÉЖΛ", {"letter", "upper"}),
        ("漢かカ한عא", {"letter", "lower", "upper"}),
        ("©★😀", {"symbol"}),
        ("5_.,$+\u00a0", set()),
        ("🥲", set()),  # newer than Unicode 11
    ],
)
def test_each_character_is_in_its_classes(characters: str, classes: set[str]) -> None:
    patterns = {"letter": LETTER, "lower": LOWER, "upper": UPPER, "symbol": SYMBOL}
    for character in characters:
        assert {name for name, inside in patterns.items() if re.fullmatch(f"[{inside}]", character)} == classes
