"""Plain tables for a terminal, no wider than it: texts go on below, numbers are never broken."""

import re
import shutil
import sys
import unicodedata
from itertools import zip_longest

from secondhalf.text.visible import escape_invisible

_GAP = "  "
_NUMBER = re.compile(r"[-+~<>±]?[$€¥]?[0-9][0-9.,:e+%×x/-]{0,40}")
_LEAST = 12  # columns that a text is not squeezed below


def format_table(rows: list[list[str]], head: list[str], *, columns: int | None = None, left: int = 1) -> str:
    """Rows of as many cells as `head` has, padded to their column's widest; the first `left` to the left, others to the right.

    A cell is one line, whatever a stranger's name or reason holds; where the table would be wider than `columns` (the
    terminal's; as wide as it likes where there is none) the widest texts go on in the lines below.
    """
    lines = [[_one_line(cell) for cell in row] for row in [head, *rows]]
    widths = [max(_width(row[i]) for row in lines) for i in range(len(head))]
    if columns is None and sys.stdout.isatty():
        columns = shutil.get_terminal_size().columns
    if columns:
        _squeeze(widths, lines, columns - len(_GAP) * (len(head) - 1))
    shown = [_row(lines[0], widths, left), _row(["-" * width for width in widths], widths, left)]
    return "\n".join([*shown, *(_row(row, widths, left) for row in lines[1:])])


def _squeeze(widths: list[int], lines: list[list[str]], room: int) -> None:
    """Takes from the widest texts until all fit, as far as numbers and short texts let it."""
    least = [max(*map(_unbroken, column), min(_LEAST, widths[i])) for i, column in enumerate(zip(*lines, strict=True))]
    while sum(widths) > room:
        loose = [i for i, width in enumerate(widths) if width > least[i]]
        if not loose:
            return
        widths[max(loose, key=widths.__getitem__)] -= 1


def _unbroken(cell: str) -> int:
    """The width of the longest number in a cell."""
    return max((_width(word) for word in cell.split(" ") if _NUMBER.fullmatch(word.strip("[]();"))), default=0)


def _row(cells: list[str], widths: list[int], left: int) -> str:
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for parts in zip_longest(*wrapped, fillvalue=""):
        padded = [
            part + pad if i < left else pad + part
            for i, (part, width) in enumerate(zip(parts, widths, strict=True))
            for pad in [" " * (width - _width(part))]
        ]
        lines.append(_GAP.join(padded).rstrip())
    return "\n".join(lines)


def _wrapped(cell: str, width: int) -> list[str]:
    """The cell in pieces of at most `width`, between words where it can be."""
    if _width(cell) <= width:
        return [cell]
    pieces, line = list[str](), ""
    for word in cell.split(" "):
        if line and _width(line) + 1 + _width(word) > width:
            pieces.append(line)
            line = ""
        line = f"{line} {word}" if line else word
        while _width(line) > width:
            size = next(n for n in range(len(line), 0, -1) if n == 1 or _width(line[:n]) <= width)
            pieces.append(line[:size])
            line = line[size:]
    return [*pieces, line]


def _width(text: str) -> int:
    """Columns of a terminal: kanji, kana and full-width signs take two."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _one_line(cell: str) -> str:
    return escape_invisible(cell).replace("\n", "⏎").replace("\t", " ")
