"""A PDF's lines as running text: what stands around the pages goes, lines become paragraphs, and a sentence runs on over
pages.

A PDF knows places and no paragraphs. A paragraph ends where the next line is indented, of another size or further away than
lines are, and where a line that ends a sentence is short. Around a page stand lines at its top or bottom that come again on
other pages, and numbers of pages. Notes and captions in smaller type follow the paragraph that they would break; rows of
tables are left out.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from secondhalf.corpus.readers.documents.paragraphs import as_text, ends_sentence, is_running_text, join_lines

_EDGE = 0.12  # of a page's height: where headers and footers stand
_MIN_REPEATS = 3  # pages on which a line at the edge stands, to be a header or a footer; of two pages, both
_SMALL = 0.88  # of the text's size: a note
_INDENT, _FAR, _OTHER_SIZE = 0.8, 1.4, 0.08  # in sizes; in steps from line to line; share of the size
_SHORT = 0.85  # of the column's width: such a line may be a paragraph's last
_NEAR = 6  # lines on each side that tell a column's right edge
_NUMBER = r"(?:[\d０-９]{1,5}|[ivxlcIVXLC]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"[-–—\[(（ ]*(?:page|p\.|seite|第|ページ|頁)? ?{_NUMBER} ?(?:(?:of|/|-|–|／) ?{_NUMBER})? ?(?:ページ|頁|[-–—\])）]*)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[\d０-９]+")
_ITEM = re.compile(
    r"(?:[•·●○■□◆▪–*・※►]|-\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s|[(（][\d０-９]{1,3}[)）]|第[\d０-９一二三四五六七八九十]{1,4}[条章節])"
)
_LEADER = re.compile(r"(?:[.…․] ?){4}|[‥…・]{4}")
_GOES_ON = (",", "-", "\u00ad", "、", "，", "・")
_WORD = re.compile(r"\w+(?:-\w+)?")


class PdfLine(NamedTuple):
    """A line of a page: its text, its place in points from the left and from the bottom, its size, and the wide gaps in it."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    gaps: int


@dataclass(slots=True)
class Page:
    """A page: its height in points and its lines in reading order."""

    height: float
    lines: list[PdfLine]


def text_of_pages(pages: Sequence[Page]) -> str:
    """The running text of all pages; empty where they have none."""
    around = _lines_around(pages)
    kept = [[line for line in page.lines if not _stands_around(line, page, around)] for page in pages]
    every = [line for lines in kept for line in lines]
    if not every:
        return ""
    size, step = _common_size(every), _common_step(every)
    known = frozenset(word.lower() for line in every for word in _WORD.findall(line.text.rstrip()[:-1]))
    paragraphs: list[list[PdfLine]] = []
    notes: list[list[PdfLine]] = []
    for lines in kept:
        body, below = _notes_apart(_without_tables(lines), size)
        for index, paragraph in enumerate(_paragraphs(body, step)):
            if index == 0 and paragraphs and _runs_on(paragraphs[-1][-1], paragraph[0]):
                paragraphs[-1] += paragraph
            else:
                paragraphs += [*notes, paragraph]
                notes = []
        notes += _paragraphs(below, step)
    return as_text(join_lines((line.text for line in one), known) for one in [*paragraphs, *notes])


def _key(line: PdfLine, page: Page) -> tuple[bool, str] | None:
    """What a line at a page's edge is on every page: its edge, and its text with any number for its numbers."""
    if _EDGE * page.height < line.baseline < (1 - _EDGE) * page.height:
        return None
    return line.baseline > page.height / 2, " ".join(_DIGITS.sub("0", line.text).split())


def _lines_around(pages: Sequence[Page]) -> set[tuple[bool, str]]:
    counts = Counter(key for page in pages for key in {_key(line, page) for line in page.lines} if key)
    return {key for key, count in counts.items() if count >= min(_MIN_REPEATS, max(len(pages), 2))}


def _stands_around(line: PdfLine, page: Page, around: set[tuple[bool, str]]) -> bool:
    key = _key(line, page)
    return not line.text.strip() or (
        key is not None and (key in around or bool(_PAGE_NUMBER.fullmatch(line.text.strip())))
    )


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
        and abs(one.size - other.size) < _OTHER_SIZE * one.size
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


def _paragraphs(lines: list[PdfLine], step: float) -> list[list[PdfLine]]:
    paragraphs: list[list[PdfLine]] = []
    for index, line in enumerate(lines):
        near = lines[max(index - 1 - _NEAR, 0) : index + _NEAR]
        if paragraphs and not _begins(line, paragraphs[-1], near, step):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _begins(line: PdfLine, paragraph: list[PdfLine], near: list[PdfLine], step: float) -> bool:
    """Whether a line begins a paragraph after this one; `near`: the lines around, which tell the column's right edge."""
    before, size = paragraph[-1], paragraph[-1].size
    down = before.baseline - line.baseline
    if abs(down) < 0.3 * size:
        return False  # the same line
    if (
        abs(line.size - size) > _OTHER_SIZE * max(line.size, size)
        or _ITEM.match(line.text)
        or line.text.startswith("\u3000")
    ):
        return True
    right = max(one.right for one in [before, *near] if abs(one.left - before.left) < 5 * size)
    is_short = before.right - before.left < _SHORT * (right - before.left)
    below = down > _FAR * step * size  # a figure, or a heading
    if down < 0 or below:  # the next column, or below
        return (below and is_short) or not _runs_on(before, line)
    inside = line.left - before.left
    if inside > _INDENT * size:
        return not _ITEM.match(paragraph[0].text)
    is_outside = inside < -_INDENT * size and len(paragraph) > 1
    return is_outside or (is_short and ends_sentence(before.text))


def _runs_on(before: PdfLine, line: PdfLine) -> bool:
    """Whether a sentence goes on in a line that stands on another page, in another column or below a figure."""
    if ends_sentence(before.text) or abs(line.size - before.size) > _OTHER_SIZE * before.size or _ITEM.match(line.text):
        return False
    first = line.text.lstrip()[:1]
    return before.text.rstrip().endswith(_GOES_ON) or not first.isupper()
