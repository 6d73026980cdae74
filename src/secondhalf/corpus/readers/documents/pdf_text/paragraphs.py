"""The lines of a PDF's page as paragraphs.

A PDF knows places and no paragraphs. A paragraph ends where the next line is indented, of another size or further away than
lines are, and where a line that ends a sentence is short.
"""

import re
from collections.abc import Sequence
from statistics import median

from secondhalf.corpus.readers.documents.paragraphs import ends_sentence
from secondhalf.corpus.readers.documents.pdf_text.lines import PdfLine

OTHER_SIZE = 0.08  # share of the size
_INDENT, _FAR = 0.8, 1.4  # in sizes; in steps from line to line
_SHORT = 0.85  # of the column's width: such a line may be a paragraph's last
_NEAR = 6  # lines on each side that tell a column's edges
_MOST_INITIALS = 20  # of a page; more are no paragraphs' first letters
_ITEM = re.compile(
    r"(?:[•·●○■□◆▪–*・※►]|-\s|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s|[(（][\d０-９]{1,3}[)）]|第[\d０-９一二三四五六七八九十]{1,4}[条章節])"
)
_GOES_ON = (",", "-", "\u00ad", "、", "，", "・")


def with_initials(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """The lines with a paragraph's large first letter at its first line, and those beside it from where it stands."""
    large = 1.5 * median(line.size for line in lines) if lines else 0.0
    initials = [
        line for line in lines if line.size > large and line.text.strip().isalpha() and len(line.text.strip()) == 1
    ]
    if len(initials) > _MOST_INITIALS:
        return list(lines)
    placed = list(lines)
    for initial in initials:
        beside = [
            index
            for index, line in enumerate(placed)
            if -1.3 * line.size <= line.baseline - initial.baseline <= initial.size
            and (initial.left + initial.right) / 2 < line.left <= initial.right + 0.5 * initial.size
        ]
        for index in beside:
            placed[index] = placed[index]._replace(left=initial.left)
        if beside:
            first = max(beside, key=lambda index: placed[index].baseline)
            placed[first] = placed[first]._replace(text=initial.text.strip() + placed[first].text.lstrip())
            placed.remove(initial)
    return placed


def paragraphs_of(lines: list[PdfLine], step: float) -> list[list[PdfLine]]:
    """The lines of one page, paragraph by paragraph; `step`: from line to line, in sizes."""
    paragraphs: list[list[PdfLine]] = []
    for index, line in enumerate(lines):
        near = lines[max(index - 1 - _NEAR, 0) : index + _NEAR]
        if paragraphs and not _begins(line, paragraphs[-1], near, step):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _begins(line: PdfLine, paragraph: list[PdfLine], near: list[PdfLine], step: float) -> bool:
    """Whether a line begins a paragraph after this one; `near`: the lines around, which tell the column's edges."""
    before, size = paragraph[-1], paragraph[-1].size
    down = before.baseline - line.baseline
    if abs(down) < 0.3 * size:
        return False  # the same line
    if (
        abs(line.size - size) > OTHER_SIZE * max(line.size, size)
        or _ITEM.match(line.text)
        or line.text.startswith("\u3000")
    ):
        return True
    right = max(one.right for one in [before, *near] if abs(one.left - before.left) < 5 * size)
    is_short = before.right - before.left < _SHORT * (right - before.left)
    below = down > _FAR * step * size  # a figure, or a heading
    if down < 0 or below:  # the next column, or below
        return (below and is_short) or not runs_on(before, line)
    inside = line.left - before.left
    if inside > _INDENT * size:
        return not _ITEM.match(paragraph[0].text)
    # After a paragraph of one indented line, another that is indented as the first line of one is.
    if len(paragraph) == 1 and ends_sentence(before.text) and not _ITEM.match(before.text):
        left = min(one.left for one in near if abs(one.left - line.left) < 5 * size)
        if _INDENT * size < line.left - left:
            return True
    is_outside = inside < -_INDENT * size and len(paragraph) > 1
    return is_outside or (is_short and ends_sentence(before.text))


def runs_on(before: PdfLine, line: PdfLine) -> bool:
    """Whether a sentence goes on in a line that stands on another page, in another column or below a figure."""
    if ends_sentence(before.text) or abs(line.size - before.size) > OTHER_SIZE * before.size or _ITEM.match(line.text):
        return False
    first = line.text.lstrip()[:1]
    return before.text.rstrip().endswith(_GOES_ON) or not first.isupper()
