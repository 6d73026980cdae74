"""Units, n-grams and their shares, worked out by hand."""

import pytest

from secondhalf.text.ngrams import all_ngrams, covered_share, repeated_share, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Café's_end, ＡＢＣ!", ["the", "café", "s", "end", "abc"]),
        ("町の、図書 館。", ["町", "の", "図", "書", "館"]),
        ("", []),
        (" … ", []),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    assert units(text) == expected


def test_all_ngrams_in_order_with_repeats() -> None:
    assert all_ngrams(["a", "b", "a", "b"], 2) == [("a", "b"), ("b", "a"), ("a", "b")]
    assert all_ngrams(["a"], 2) == []


def test_repeated_share() -> None:
    assert repeated_share("a b c d a b c d") == pytest.approx(1 / 5)
    assert repeated_share("a b c d e f g h") == 0.0
    assert repeated_share("a b") == 0.0
    assert repeated_share("あいうえおかきく" * 2) == pytest.approx(1 / 9)  # runs of eight characters


def test_covered_share_counts_items() -> None:
    items = list("abcdef")
    assert covered_share(items, {("b", "c"), ("c", "d")}, 2) == pytest.approx(3 / 6)
    assert covered_share(items, set(), 2) == 0.0
    assert covered_share([], {("a",)}, 1) == 0.0


def test_covered_share_counts_an_item_once() -> None:
    assert covered_share(list("abcabab"), {("a", "b", "c"), ("b", "c", "a"), ("b", "a", "b")}, 3) == 1.0
    assert covered_share(list("xabxxab"), {("a", "b")}, 2) == pytest.approx(4 / 7)
