"""Cuts a long document into sections, at ends of paragraphs."""

import re
from collections.abc import Iterator

from secondhalf.text.language import count_words

_PARAGRAPH = re.compile(r"\n\s*\n")


def cut_sections(text: str, words: int) -> Iterator[str]:
    """Consecutive runs of whole paragraphs, each of at most `words` words (Japanese: characters) where a paragraph allows it."""
    pending: list[str] = []
    size = 0
    for paragraph in _PARAGRAPH.split(text):
        count = count_words(paragraph)
        if pending and size + count > words:
            yield "\n\n".join(pending)
            pending, size = [], 0
        if count:
            pending.append(paragraph.strip("\n"))
            size += count
    if pending:
        yield "\n\n".join(pending)
