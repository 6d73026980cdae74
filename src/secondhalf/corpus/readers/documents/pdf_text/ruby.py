"""Readings beside kanji (ruby) are no text of their own, as in Word files and pages: they are left out, and what they cut of a
line is put together again."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from secondhalf.corpus.readers.documents.paragraphs import meet_without_blank
from secondhalf.corpus.readers.documents.pdf_text.lines import PdfLine

_KANA = re.compile(r"[\u3040-\u30ff\s]+")
_KANJI = re.compile(r"[\u3005\u3400-\u9fff\uf900-\ufaff]")
_SMALL = 0.6  # of the size of what it is the reading of
_ABOVE = 1.5  # sizes of that: how far over it a reading stands at most
_MOST_COMPARED = 4_000_000  # lines with lines; a page of more is hostile, and read as it stands
_SAME, _APART = 0.3, 1.0  # sizes: of two pieces of one line, how far one is above and behind the other at most


def without_ruby(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines but those of kana, small, over or right of a line with kanji."""
    texts = sorted((line for line in lines if _KANJI.search(line.text)), key=lambda line: line.baseline)
    if len(texts) * len(lines) > _MOST_COMPARED:
        return list(lines)
    places = [line.baseline for line in texts]
    largest = max((line.size for line in texts), default=0.0)

    def is_reading(line: PdfLine) -> bool:
        if not _KANA.fullmatch(line.text):
            return False
        first, last = bisect_left(places, line.baseline - _ABOVE * largest), bisect_left(places, line.baseline)
        return any(
            line.size <= _SMALL * text.size
            and line.baseline - text.baseline <= _ABOVE * text.size
            and text.left - text.size <= line.left
            and line.right <= text.right + text.size
            for text in texts[first:last]
        )

    return [line for line in lines if not is_reading(line)]


def whole_lines(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines, pieces of one that follow each other as one."""
    whole: list[PdfLine] = []
    for line in lines:
        before = whole[-1] if whole else None
        if before and _goes_on(before, line):
            text = before.text.rstrip() + line.text.lstrip()
            whole[-1] = before._replace(text=text, right=line.right, gaps=before.gaps + line.gaps)
        else:
            whole.append(line)
    return whole


def _goes_on(before: PdfLine, line: PdfLine) -> bool:
    """Whether a piece of Japanese stands behind another in one line."""
    size = max(before.size, line.size)
    return (
        min(before.size, line.size) > _SMALL * size
        and abs(before.baseline - line.baseline) < _SAME * size
        and -_SAME * size < line.left - before.right < _APART * size
        and meet_without_blank(before.text.rstrip(), line.text.lstrip())
    )
