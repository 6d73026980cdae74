"""Word n-grams for every stage that compares texts: lower-cased, punctuation removed; characters where words have no spaces."""

import re

from secondhalf.text.language import is_spaceless
from secondhalf.text.normal_form import normal_form

_PUNCTUATION = re.compile(r"[^\w\s]|_")


def units(text: str) -> list[str]:
    """A text's words in order, without case and punctuation, after NFKC; single characters in Japanese and Chinese."""
    plain = _PUNCTUATION.sub(" ", normal_form("NFKC", text).lower())
    return [c for c in plain if not c.isspace()] if is_spaceless(text) else plain.split()


def all_ngrams(items: list[str], n: int) -> list[tuple[str, ...]]:
    """All runs of n items, in order, repeats included."""
    return [tuple(items[i : i + n]) for i in range(len(items) - n + 1)]


def repeated_share(text: str, n: int = 4) -> float:
    """The share of n-grams that occurred before, 0 to 1; 0 for a text shorter than n. Characters count in eights."""
    size = 2 * n if is_spaceless(text) else n
    grams = all_ngrams(units(text), size)
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def covered_share(items: list[str], grams: set[tuple[str, ...]], n: int) -> float:
    """The share of items that lie in an n-gram of `grams`, 0 to 1: Tülu 3 (arXiv 2411.15124, section 3.2) counts items so."""
    covered = [False] * len(items)
    for start, gram in enumerate(all_ngrams(items, n)):
        if gram in grams:
            covered[start : start + n] = [True] * n
    return sum(covered) / len(items) if items else 0.0
