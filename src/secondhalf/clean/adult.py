"""Refuses pornography and strings of abuse by how dense their words are, in English and Japanese.

One word does not refuse a text. C4 dropped every page with a word of a block list; that took text by and about minorities
far more often than other text (Dodge et al., arXiv 2104.08758). A doctor, a novel and a witness may say such a word.
"""

import re
from functools import cache

from pydantic import Field

from secondhalf.clean.lists import word_lists
from secondhalf.clean.rule import above
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class AdultSettings(Settings):
    """How many adult and profane words a document may hold; the words are in clean/lists/adult.txt."""

    max_share: float = Field(0.01, ge=0, le=1)
    """Largest share of the non-blank characters that lie in such words, 0 to 1. Ours."""

    tolerated: int = Field(2, ge=0)
    """So many words pass whatever their share, so that a short text is not refused for a quotation. 0 with a `max_share` of 0
    is C4's rule (arXiv 1910.10683, section 2.2). Ours."""

    max_count: int = Field(30, ge=0)
    """Most such words in a document of any length. Ours."""


_WORD = re.compile(r"[a-z]+")


def check_adult(document: Document, settings: AdultSettings) -> Verdict:
    """Score: the share of the non-blank characters in such words, 0 to 1. The span is the first word."""
    spans = _adult_spans(document.text)
    if not spans:
        return Verdict(document.id, "adult", True, 0.0)
    share = sum(end - start for start, end in spans) / len("".join(document.text.split()))
    dense = len(spans) > settings.tolerated and share > settings.max_share
    reason = ""
    if dense:
        reason = above("adult or profane words", share, settings.max_share, "clean.adult.max_share")
    elif len(spans) > settings.max_count:
        reason = above("adult or profane words", len(spans), settings.max_count, "clean.adult.max_count")
    return Verdict(document.id, "adult", not reason, share, reason, *min(spans))


def _adult_spans(text: str) -> list[tuple[int, int]]:
    """The spans of the words. Whole words in English; substrings in Japanese, where a longer innocent word is no match."""
    english, japanese, innocent = _lexicon()
    lowered = text.lower()
    # A few letters grow when they are lower-cased, and offsets would be off: such a text is searched as it stands.
    lowered = lowered if len(lowered) == len(text) else text
    spans = []
    if not english.isdisjoint(_WORD.findall(lowered)):
        spans = [match.span() for match in _WORD.finditer(lowered) if match.group() in english]
    if not text.isascii():
        spans += [match.span() for match in japanese.finditer(text) if match.group() not in innocent]
    return spans


@cache
def _lexicon() -> tuple[frozenset[str], re.Pattern[str], frozenset[str]]:
    """English words, Japanese words and innocent ones as a pattern, and which of those are innocent."""
    lists = word_lists("adult")
    innocent = lists["ja innocent"]
    longest_first = sorted({*lists["ja"], *innocent}, key=lambda word: (-len(word), word))
    return frozenset(lists["en"]), re.compile("|".join(map(re.escape, longest_first))), frozenset(innocent)
