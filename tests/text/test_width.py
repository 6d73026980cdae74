"""Columns of a terminal: kanji and kana take two, a combining mark none, and nothing is lost where a text is wrapped."""

import pytest

from secondhalf.text.width import cut, display_width, wrapped


def test_width_by_hand() -> None:
    assert display_width("abc") == 3
    assert display_width("図書館") == 6
    assert display_width("ab図ｶﾞ") == 6  # half-width katakana take one
    assert display_width("e\u0301") == 1


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("one two", 7, "one two"),
        ("one two", 6, "one t…"),
        ("図書館へ行く", 12, "図書館へ行く"),
        ("図書館へ行く", 11, "図書館へ行…"),
        ("図書館へ行く", 10, "図書館へ…"),
        ("a\nb", 9, "a b"),
    ],
)
def test_cut(text: str, columns: int, expected: str) -> None:
    assert cut(text, columns) == expected


@pytest.mark.parametrize("columns", [5, 8, 13, 40])
@pytest.mark.parametrize(
    "text", ["The quick brown fox, extraordinarily", "図書館は（来年の春に）新しい建物へ「移ります」。", "x" * 50, ""]
)
def test_wrapping_keeps_all_and_fits(text: str, columns: int) -> None:
    lines = list(wrapped(text, columns))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(display_width(line) <= columns for line in lines)


def test_words_are_broken_only_where_nothing_else_fits() -> None:
    assert list(wrapped("one two three", 9)) == ["one two", "three"]
    assert list(wrapped("abcdefghij", 4)) == ["abcd", "efgh", "ij"]
    assert list(wrapped("図書「館」", 6)) == ["図書", "「館」"]
