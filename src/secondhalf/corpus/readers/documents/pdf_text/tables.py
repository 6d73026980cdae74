"""Tables of a PDF whose cells are parted by rules: a cell's lines stand together, and only cells that hold sentences stay, as
in the other documents.

A cell is the space between the next rules on each side of a line. Cells are a table's where some stand side by side: a box
around a text, or a box under its title, is text.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from secondhalf.corpus.readers.documents.paragraphs import is_running_text, join_lines
from secondhalf.corpus.readers.documents.pdf_text.lines import PdfLine

Rule = Sequence[float]
"""Left, bottom, right and top of a thin mark, in points."""
Cell = tuple[int, int, int, int]
"""Left, bottom, right and top, in whole points."""

_TOUCHES, _SLACK = 3, 2  # points: between cells that touch, of a letter over its edge
_MOST_CELLS = 1000  # of a page; a form of more is no text
_MOST_COMPARED = 4_000_000  # lines with rules; a page of more is hostile, and read as it stands


def without_cells(lines: Sequence[PdfLine], rules: Sequence[Rule]) -> list[PdfLine]:
    """The lines of a page but those of a table's cells without a sentence; each cell's lines follow each other."""
    uprights = [((left + right) / 2, bottom, top) for left, bottom, right, top in rules if right - left < top - bottom]
    levels = [((bottom + top) / 2, left, right) for left, bottom, right, top in rules if right - left >= top - bottom]
    if len(uprights) < 3 or len(levels) < 2 or len(lines) * len(rules) > _MOST_COMPARED:
        return list(lines)
    cells: dict[Cell, list[PdfLine]] = defaultdict(list)
    places = [_cell(line, uprights, levels) for line in lines]
    for line, cell in zip(lines, places, strict=True):
        if cell:
            cells[cell].append(line)
    tables = _of_tables(list(cells))
    kept: list[PdfLine] = []
    for line, cell in zip(lines, places, strict=True):
        if cell not in tables:
            kept.append(line)
        elif cell in cells:  # its first line
            inside = cells.pop(cell)
            kept += inside if is_running_text(join_lines(one.text for one in inside)) else []
    return kept


def _cell(
    line: PdfLine, uprights: Iterable[tuple[float, float, float]], levels: Iterable[tuple[float, float, float]]
) -> Cell | None:
    """The space around a line, where rules close it on all sides."""
    x, y = (line.left + line.right) / 2, line.baseline + line.size / 3
    beside = [place for place, bottom, top in uprights if bottom <= y <= top]
    over = [place for place, left, right in levels if left <= x <= right]
    lefts = [place for place in beside if place <= line.left + _SLACK]
    rights = [place for place in beside if place >= line.right - _SLACK]
    bottoms, tops = [place for place in over if place <= y], [place for place in over if place > y]
    if not (lefts and rights and bottoms and tops):
        return None
    return round(max(lefts)), round(max(bottoms)), round(min(rights)), round(min(tops))


def _of_tables(cells: list[Cell]) -> set[Cell]:
    """Those that touch others, one of which stands beside another."""
    if len(cells) > _MOST_CELLS:
        return set()
    touching: dict[Cell, list[Cell]] = {cell: [other for other in cells if _touch(cell, other)] for cell in cells}
    waiting = [cell for cell in cells if any(_side_by_side(cell, other) for other in touching[cell])]
    reached = set(waiting)
    while waiting:
        new = set(touching[waiting.pop()]) - reached
        reached |= new
        waiting += new
    return reached


def _side_by_side(one: Cell, other: Cell) -> bool:
    """Whether they stand in one row, the one's edge being the other's."""
    beside = min(abs(one[2] - other[0]), abs(other[2] - one[0])) <= _TOUCHES
    return beside and min(one[3], other[3]) - max(one[1], other[1]) > _TOUCHES


def _touch(one: Cell, other: Cell) -> bool:
    below = min(abs(one[3] - other[1]), abs(other[3] - one[1])) <= _TOUCHES
    return _side_by_side(one, other) or (below and min(one[2], other[2]) - max(one[0], other[0]) > _TOUCHES)
