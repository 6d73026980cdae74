"""Rules for the sentences one after another."""

import string
from itertools import pairwise

from secondhalf.evaluate.ifeval.ifbench.text import remove_signs, split_sentences


def alliteration_increment(response: str) -> bool:
    """Each sentence has more alliterating words than the one before it. Two neighbours alliterate by their first sign."""
    counts = [_alliterating(sentence) for sentence in split_sentences(response)]
    return all(before < after for before, after in pairwise(counts))


def increment(response: str, *, small_n: int) -> bool:
    """Each sentence has so many words more than the one before it."""
    counts = [len(remove_signs(sentence).split()) for sentence in split_sentences(response)]
    return bool(counts) and all(after - before == small_n for before, after in pairwise(counts))


def keyword(response: str, *, word: str, N: int) -> bool:
    """The Nth sentence holds the word, within others too."""
    sentences = split_sentences(response)
    return 1 - len(sentences) <= N <= len(sentences) and word.lower() in sentences[N - 1].lower()


def _alliterating(sentence: str) -> int:
    """Words that begin as a neighbour does: a run of three makes three."""
    cleaned = [word.lstrip(string.punctuation + " ") for word in sentence.lower().split()]
    same = [before[0] == after[0] for before, after in pairwise([word for word in cleaned if word])]
    return sum(same) + sum(now and not before for before, now in pairwise([False, *same]))
