"""A PDF's lines as running text: what stands around the pages goes, lines become paragraphs, and a sentence runs on over
pages.

Notes and captions in smaller type follow the paragraph that they would break; rows of tables are left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from secondhalf.corpus.readers.documents.paragraphs import as_text, is_running_text, join_lines
from secondhalf.corpus.readers.documents.pdf_text.edges import without_lines_around
from secondhalf.corpus.readers.documents.pdf_text.lines import Page, PdfLine
from secondhalf.corpus.readers.documents.pdf_text.paragraphs import OTHER_SIZE, paragraphs_of, runs_on, with_initials
from secondhalf.corpus.readers.documents.pdf_text.ruby import whole_lines, without_ruby

_SMALL = 0.88  # of the text's size: a note
_LEADER = re.compile(r"(?:[.…․] ?){4}|[‥…・]{4}")
_WORD = re.compile(r"\w+(?:-\w+)?")


def text_of_pages(pages: Sequence[Page]) -> str:
    """The running text of all pages; empty where they have none."""
    kept = [with_initials(whole_lines(without_ruby(lines))) for lines in without_lines_around(pages)]
    every = [line for lines in kept for line in lines]
    if not every:
        return ""
    size, step = _common_size(every), _common_step(every)
    known = frozenset(word.lower() for line in every for word in _WORD.findall(line.text.rstrip()[:-1]))
    paragraphs: list[list[PdfLine]] = []
    notes: list[list[PdfLine]] = []
    for lines in kept:
        body, below = _notes_apart(_without_tables(lines), size)
        for index, paragraph in enumerate(paragraphs_of(body, step)):
            if index == 0 and paragraphs and runs_on(paragraphs[-1][-1], paragraph[0]):
                paragraphs[-1] += paragraph
            else:
                paragraphs += [*notes, paragraph]
                notes = []
        notes += paragraphs_of(below, step)
    return as_text(join_lines((line.text for line in one), known) for one in [*paragraphs, *notes])


def _common_size(lines: Sequence[PdfLine]) -> float:
    """The size that most characters have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _common_step(lines: Sequence[PdfLine]) -> float:
    """How far the next line of a paragraph is below the one before, in sizes."""
    steps = [
        (one.baseline - other.baseline) / one.size
        for one, other in pairwise(lines)
        if 0.8 * one.size < one.baseline - other.baseline < 3 * one.size
        and abs(one.size - other.size) < OTHER_SIZE * one.size
    ]
    return median(steps) if steps else 1.2


def _without_tables(lines: list[PdfLine]) -> list[PdfLine]:
    """The lines but those of tables: two or more that follow each other with wide gaps, and lines of a table of contents."""
    is_row = [line.gaps > 1 or (line.gaps == 1 and not is_running_text(line.text)) for line in lines]
    return [
        line
        for index, line in enumerate(lines)
        if not _LEADER.search(line.text)
        and not (is_row[index] and any(is_row[max(index - 1, 0) : index] + is_row[index + 1 : index + 2]))
    ]


def _notes_apart(lines: list[PdfLine], size: float) -> tuple[list[PdfLine], list[PdfLine]]:
    """The lines of a page's text, and those of notes and captions in smaller type; a page that is small on the whole is
    text."""
    small = [line for line in lines if line.size < _SMALL * size]
    if 2 * sum(len(line.text) for line in small) > sum(len(line.text) for line in lines):
        return lines, []
    return [line for line in lines if line.size >= _SMALL * size], small
