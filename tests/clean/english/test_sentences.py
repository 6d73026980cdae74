"""Sentences are counted as spaCy's sentencizer counts them on a stripped line: every expected value is one it gave (3.8)."""

import pytest

from secondhalf.clean.english.sentences import chunks, sentence_class
from secondhalf.clean.tokenized_text import Vocabulary

LINES = [
    ("", 0),
    ("One. Two.", 2),
    ("One two", 1),
    ("One... two", 1),
    ("One.) Two", 2),
    ("“One.” Two", 2),
    ("... One", 1),
    (". One", 2),
    ("One. .", 1),
    ("One.  . Two", 3),
    ("One.  )", 2),
    ("One.\t)", 2),
    ("One?! Two", 2),
    ("Mr. A went. He saw U.S. 5 times.", 2),
    ("One.😀 Two", 2),
    ("a.b.c", 1),
    ("。。 日本。 語", 3),
    ("日本 。 語", 2),
    ("One. $5 two. +1", 3),
    ("!", 1),
    ("! !", 1),
    ("a ! b ! c", 3),
    ("He said: “Go!” and went.", 2),
    ("One.\xa0Two.", 2),
    ("One. 「Two」", 2),
    ("1. 2. 3.", 3),
    ("One.\u3000\u3000)", 2),
]


@pytest.mark.parametrize(("line", "count"), LINES)
def test_a_line_has_the_sentences_spacy_finds(line: str, count: int):
    vocabulary = Vocabulary()
    for _ in range(2):  # chunks that are new, and chunks that are remembered
        assert vocabulary.count_sentences(chunks(line)) == count


def test_punctuation_that_ends_a_sentence_is_a_class_of_its_own():
    classes = {
        token: sentence_class(token)
        for token in [".", "?", "。", "...", ")", "”", "、", "$", "+", "a", "5", "\t", "😀"]
    }
    assert [token for token, kind in classes.items() if kind == 2] == [".", "?", "。"]
    assert [token for token, kind in classes.items() if kind == 1] == ["...", ")", "”", "、"]


def test_white_space_wider_than_a_blank_is_a_chunk():
    assert chunks("a b  c\td \u3000e") == ["a", "b", "  ", "c", "\t", "d", " \u3000", "e"]
