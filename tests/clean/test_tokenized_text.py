"""Tokens as numbers, with their properties in arrays that grow with the vocabulary."""

import pytest

from secondhalf.clean import tokenized_text
from secondhalf.clean.tokenized_text import STOP_WORDS, TokenizedText, Vocabulary


def test_one_entry_a_token_in_every_array() -> None:
    text = TokenizedText("d", "Don't stop, 42 the Don't")
    assert text.lengths.tolist() == [2, 3, 4, 1, 2, 3, 2, 3]  # Do n't stop , 42 the Do n't
    assert text.is_word.tolist() == [True, True, True, False, True, True, True, True]
    assert text.has_letters.tolist() == [True, True, True, False, False, True, True, True]
    assert text.stop_word_bits.tolist() == [0, 0, 0, 0, 0, 1 << STOP_WORDS.index("the"), 0, 0]
    assert text.tokens[0] == text.tokens[6]
    assert len(set(text.hashes.tolist())) == len(set(text.tokens.tolist())) == 6
    assert TokenizedText("d", " ").tokens.tolist() == []


def test_arrays_grow_with_the_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenized_text, "_vocabulary", Vocabulary())
    words = [f"w{number}x" for number in range(5000)]
    text = TokenizedText("d", " ".join(words))
    assert text.hashes.shape == text.lengths.shape == text.has_letters.shape == (5000,)
    assert text.lengths.tolist() == [len(word) for word in words]
    assert text.has_letters.all()


def test_a_vocabulary_that_is_full_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenized_text, "_vocabulary", Vocabulary())
    monkeypatch.setattr(tokenized_text, "MAX_CHUNKS", 3)
    first = TokenizedText("d", "one two three four")
    assert first.tokens.tolist() == [1, 2, 3, 4]
    second = TokenizedText("d", "four five")
    assert second.tokens.tolist() == [1, 2]
    assert first.lengths.tolist() == [3, 3, 5, 4]


@pytest.mark.parametrize(("text", "spaceless"), [("図書館 の本", True), ("a library 図書館", False), ("", False)])
def test_spaceless_texts(text: str, spaceless: bool) -> None:
    assert TokenizedText("d", text).spaceless is spaceless


def test_sentences_of_new_and_of_remembered_chunks() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.count_sentences([]) == 0
    assert vocabulary.count_sentences(["One.", "Two"]) == vocabulary.count_sentences(["One.", "Two"]) == 2
