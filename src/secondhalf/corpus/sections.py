"""Cuts a long document into sections, at ends of paragraphs."""

import re
from collections.abc import Iterator

from secondhalf.text.language import count_words

_PARAGRAPH = re.compile(r"\n\s*\n")


def sections(text: str, words: int) -> Iterator[str]:
    """Consecutive runs of whole paragraphs, each of at most `words` words where a paragraph allows it."""
    held: list[str] = []
    size = 0
    for paragraph in _PARAGRAPH.split(text):
        count = count_words(paragraph)
        if held and size + count > words:
            yield "\n\n".join(held)
            held, size = [], 0
        if count:
            held.append(paragraph.strip("\n"))
            size += count
    if held:
        yield "\n\n".join(held)
