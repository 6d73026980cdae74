"""Cuts a long document into sections, at ends of paragraphs; where it has none, at ends of lines or sentences."""

import re
from collections.abc import Iterator

from secondhalf.text.language import count_words

_PARAGRAPH = re.compile(r"\n\s*\n")
_WITHOUT_ENDS = 4  # times a section: a paragraph so long is a text whose paragraphs end in single line ends, or in none
_LINE = re.compile(r"(?<=[.!?:。．！？：」』）)\"”])[ \t]*\n")
_SENTENCE = re.compile(r"(?<=[.!?])[ \t\n]+(?=[A-Z\"“(])|(?<=[。！？])(?![。！？」』）])")


def cut_sections(text: str, words: int) -> Iterator[str]:
    """Consecutive runs of whole paragraphs, each of at most `words` words (Japanese: characters) where a paragraph allows it."""
    pending: list[str] = []
    size = 0
    for paragraph, count in _paragraphs(text, words):
        if pending and size + count > words:
            yield "\n\n".join(pending)
            pending, size = [], 0
        if count:
            pending.append(paragraph.strip("\n"))
            size += count
    if pending:
        yield "\n\n".join(pending)


def _paragraphs(text: str, words: int) -> Iterator[tuple[str, int]]:
    """The paragraphs with their lengths; one that is many times a section in parts."""
    for paragraph in _PARAGRAPH.split(text):
        for part in _parts(paragraph, words, [_LINE, _SENTENCE]):
            yield part, count_words(part)


def _parts(text: str, words: int, ends: list[re.Pattern[str]]) -> Iterator[str]:
    """A text that is many times a section in runs of at most `words` words, by the first kind of ends, and where these leave
    one as long by the next; other texts as they are."""
    if not ends or count_words(text) <= _WITHOUT_ENDS * words:
        yield text
        return
    start = last = size = 0
    for end in [*(place.end() for place in ends[0].finditer(text)), len(text)]:
        count = count_words(text[last:end])
        if size and size + count > words:
            yield from _parts(text[start:last].rstrip(), words, ends[1:])
            start, size = last, 0
        size, last = size + count, end
    yield from _parts(text[start:], words, ends[1:])
