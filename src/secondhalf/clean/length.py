"""Refuses documents too short to be split in two, or too long to be worth their tokens."""

from pydantic import Field

from secondhalf.clean.rule import above, below
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings
from secondhalf.text.language import count_words


class LengthSettings(Settings):
    """Length in words; in Japanese and Chinese, in characters."""

    min_words: int = Field(50, ge=0)
    """Shortest document. Gopher's rule (arXiv 2112.11446, table A1) is 50 words."""

    max_words: int = Field(100_000, ge=1)
    """Longest document. Gopher's rule is 100,000 words."""


def check_length(document: Document, settings: LengthSettings) -> Verdict:
    """Score: the number of words; in Japanese and Chinese, of characters."""
    words = count_words(document.text)
    reason = ""
    if words < settings.min_words:
        reason = below("too short", words, settings.min_words, "clean.length.min_words")
    elif words > settings.max_words:
        reason = above("too long", words, settings.max_words, "clean.length.max_words")
    return Verdict(document.id, "length", not reason, float(words), reason)
