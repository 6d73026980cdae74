"""Gopher's repetition rules against a plain reading of them, on texts with and without repeats."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.tokenized_text import TokenizedText

WORDS = st.lists(st.sampled_from(["a", "bb", "ccc", "dddd", "eeeee", "of", "the"]), min_size=1, max_size=120)


def scores(text: str) -> dict[str, float]:
    return {
        verdict.check.partition(".")[2]: verdict.score
        for verdict in check_gopher_repetition(TokenizedText("0", text), GopherRepetitionSettings())
    }


def top_characters(words: list[str], n: int) -> int:
    grams = [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
    if not grams:
        return 0
    gram, count = Counter(grams).most_common(1)[0]
    return len(gram) * count


def repeated_characters(words: list[str], n: int) -> int:
    seen, total, i = set(), 0, 0
    while i + n <= len(words):
        gram = tuple(words[i : i + n])
        if gram in seen:
            total += sum(map(len, gram))
            i += n
        else:
            seen.add(gram)
            i += 1
    return total


@given(WORDS)
@settings(max_examples=200, deadline=None)
def test_ngram_figures_are_those_of_a_plain_count(words: list[str]) -> None:
    text = " ".join(words)
    shares = scores(text)
    for n in (2, 3, 4):
        assert shares[f"{n}-gram, the most frequent"] == pytest.approx(top_characters(words, n) / len(text))
    for n in (5, 6, 7, 8, 9, 10):
        assert shares[f"{n}-grams"] == pytest.approx(repeated_characters(words, n) / len(text))


def test_paragraphs_and_lines() -> None:
    shares = scores("one\n\ntwo\n\none\n\nthree")
    assert shares["paragraphs"] == 0.25
    assert shares["paragraph characters"] == pytest.approx(3 / 20)
    assert shares["lines"] == 0.25


def test_a_text_of_one_repeated_sentence_is_refused_and_prose_is_not() -> None:
    looped = "This very sentence stands here again. " * 20
    verdicts = check_gopher_repetition(TokenizedText("0", looped), GopherRepetitionSettings())
    assert any(not verdict.passed for verdict in verdicts)
    rng = random.Random(1)
    varied = " ".join("".join(rng.choices("abcdefghij", k=5)) for _ in range(300))
    assert all(
        verdict.passed for verdict in check_gopher_repetition(TokenizedText("0", varied), GopherRepetitionSettings())
    )


@pytest.mark.parametrize("text", ["", "a", "\n", "\n\n\n", "a a a a a a a a a a a a"])
def test_short_and_empty_texts(text: str) -> None:
    assert len(scores(text)) == 13
