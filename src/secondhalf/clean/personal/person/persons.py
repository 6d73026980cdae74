"""Names of people in a text of either language, or of both."""

import re
from collections.abc import Iterator

from secondhalf.clean.personal.person.kana import kana_names
from secondhalf.clean.personal.person.kanji import kanji_names
from secondhalf.clean.personal.person.latin import latin_names

_JAPANESE = re.compile("[ぁ-んァ-ヴ一-龯]")


def persons(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each name, in characters, in order and apart: a full name is one, without title or form of address."""
    spans = latin_names(text)
    if not text.isascii() and _JAPANESE.search(text):
        spans = sorted(spans + kanji_names(text) + kana_names(text), key=lambda span: (span[0], -span[1]))
    last = 0
    for start, end in spans:
        if start >= last:
            last = end
            yield start, end
