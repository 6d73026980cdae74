"""Texts for the tests of duplicates: drawn by a seed, English-like words or Japanese-like characters, and edited copies."""

import random

from hypothesis import strategies as st

from secondhalf.rows import Document, digest
from secondhalf.text.ngrams import all_ngrams, units

_SYLLABLES = [
    "ba",
    "cor",
    "den",
    "fil",
    "gra",
    "hem",
    "is",
    "lo",
    "mer",
    "nat",
    "pol",
    "quin",
    "ra",
    "sto",
    "tur",
    "vel",
]
WORDS = [a + b + c for a in _SYLLABLES for b in _SYLLABLES for c in ("", "ing", "ed", "nation")]
CHARACTERS = [chr(code) for code in (*range(0x3042, 0x3094), *range(0x4E00, 0x4F00))]

PLAIN = st.text(st.sampled_from("aZ09 .,-_'\n\t\x00\x1f\u2013\u2017\u2019\u201c\u2026\u200b\u2028"))
"""Texts of ASCII, dashes and quotes."""
MIXED = st.text(st.sampled_from("aZ9 .\né\u0301ｱﾞ①ﷺ日本の、ー𠀋😀\ud800\u202e\u00ad"), max_size=40)
"""Texts of many scripts, and of what is in none."""


def text(seed: int, size: int = 300, japanese: bool = False) -> str:
    """Sentences of words, or of characters without a blank."""
    rng = random.Random(seed)
    if japanese:
        return "".join(rng.choice(CHARACTERS) + ("。" if index % 30 == 29 else "") for index in range(size))
    return " ".join(rng.choice(WORDS) + ("." if index % 12 == 11 else "") for index in range(size))


def edited(original: str, edits: int, seed: int = 1) -> str:
    """The text with units replaced at random places."""
    rng = random.Random(seed)
    japanese = " " not in original
    items = list(original) if japanese else original.split(" ")
    for index in rng.sample(range(len(items)), edits):
        items[index] = rng.choice(CHARACTERS if japanese else WORDS)
    return ("" if japanese else " ").join(items)


def jaccard(one: str, other: str, size: int = 5) -> float:
    """The exact similarity of the sets of runs of five, by the slow and plain way."""
    first, second = set(all_ngrams(units(one), size)), set(all_ngrams(units(other), size))
    return len(first & second) / len(first | second)


def documents(*texts: str) -> list[Document]:
    """Documents of the texts, with the ids that texts have."""
    return [Document(digest(each), each, "test") for each in texts]
