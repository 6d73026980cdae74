"""Plain tables for a terminal."""

from secondhalf.text.visible import escape_invisible


def format_table(rows: list[list[str]], head: list[str]) -> str:
    """Rows of as many cells as `head` has, padded to their column's widest; the first to the left, the others to the right.

    A cell is one line, whatever a stranger's name or reason holds.
    """
    rows = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _one_line(cell: str) -> str:
    return escape_invisible(cell).replace("\n", "⏎").replace("\t", " ")
