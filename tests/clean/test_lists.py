"""The word lists: how a file is read, and what each list promises."""

from pathlib import Path

import pytest

from secondhalf.clean import lists
from secondhalf.clean.lists import word_lists


def test_sections_hold_words_between_bars_once_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made.txt").write_text("# a comment\n[one]\nb | a |\nb | c\n\n[two]\nd e\n[one]\nz\n", "utf-8")
    monkeypatch.setattr(lists, "files", lambda _: tmp_path)
    assert word_lists("made") == {"one": ("b", "a", "c", "z"), "two": ("d e",)}


def test_adult_words_are_lower_case_and_every_innocent_one_holds_another():
    adult = word_lists("adult")
    assert list(adult) == ["en", "ja", "ja innocent"]
    assert all(word == word.lower() and word.isalpha() and word.isascii() for word in adult["en"])
    assert all(any(word in innocent for word in adult["ja"]) for innocent in adult["ja innocent"])


@pytest.mark.parametrize("name", ["topics", "groups"])
def test_each_list_is_in_both_languages(name: str):
    words = word_lists(name)
    english = [section[:-3] for section in words if section.endswith(" en")]
    assert [section[:-3] for section in words if section.endswith(" ja")] == english
    assert all(word == word.lower() and word.isascii() for section in english for word in words[f"{section} en"])
    assert not any(word.isascii() for section in english for word in words[f"{section} ja"])


@pytest.mark.parametrize(
    ("name", "sure", "doubtful"),
    [
        ("people", "given", "given or word"),
        ("people", "given", "given or place"),
        ("people", "surnames", "surnames or words"),
        ("people", "surnames", "common"),
        ("people_ja", "surnames", "surnames or words"),
        ("people_ja", "given", "given or word"),
        ("people_ja", "katakana", "katakana or word"),
        ("people_ja", "katakana", "katakana words"),
        ("people_ja", "given", "no names"),
    ],
)
def test_a_name_that_counts_alone_is_no_word(name: str, sure: str, doubtful: str) -> None:
    words = word_lists(name)
    assert len(words[sure]) > 400
    assert not set(words[sure]) & set(words[doubtful])


def test_names_are_written_as_they_are_looked_up() -> None:
    assert all(word == word.lower() for words in word_lists("people").values() for word in words)
    assert not any(word.isascii() for word in word_lists("people_ja")["given"])
