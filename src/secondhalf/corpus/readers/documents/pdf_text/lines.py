"""A PDF's lines and pages, as `worker.py` reads them."""

from dataclasses import dataclass
from typing import NamedTuple


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
