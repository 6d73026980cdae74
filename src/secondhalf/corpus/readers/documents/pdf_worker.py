"""The lines of a PDF, by PDFium, in a process of its own: what a hostile file does to a parser in C++ ends this process
alone.

Run as a script with a PDF as its input, the most pages and the most bytes of memory as arguments; it imports nothing of the
package. Each page is a line of JSON: its height in points, and its lines in reading order, each as text, left, right,
baseline, size (points) and number of wide gaps in it; a page that is written downwards is turned by a quarter. At last
{"pages": N}, or {"error": REASON} alone.
"""

import ctypes
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

SOFT_HYPHEN, HYPHENS = 0xAD, {0x02, 0xFFFE}  # PDFium's sign for a hyphen that divides a word
_GAP, _SHIFT = 1.5, 0.6  # in sizes of the font: a gap that parts cells; a step that begins another line
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))

Line = tuple[str, float, float, float, float, int]


def main() -> None:
    """Writes the pages. A fault is a reason, and no trace."""
    most_pages, most_memory = int(sys.argv[1]), int(sys.argv[2])
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    except (ImportError, ValueError, OSError):
        pass  # Windows and macOS have no such limit; the time is limited in any case
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
        pages = len(document)
        if pages > most_pages:
            _write({"error": f"too long: {pages} pages, over {most_pages}"})
            return
        broken = 0
        for index in range(pages):
            try:
                _write(_page(document, index))
            except pdfium.PdfiumError:  # this page alone
                broken += 1
        _write({"pages": pages} if broken < pages or not pages else {"error": "broken file: no page can be loaded"})
    except MemoryError:
        _write({"error": "broken file: it takes more memory than one file may"})
    except Exception as error:
        _write({"error": _reason(str(error))})


def _write(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _reason(message: str) -> str:
    if "password" in message.lower():
        return "encrypted: it needs a password; save it without one"
    return f"broken file: {' '.join(message.split())[:200]}"


def _page(document: Any, index: int) -> dict[str, Any]:
    page = document[index]
    text_page = page.get_textpage()
    try:
        width, height = page.get_size()
        lines = list(_lines(text_page))
    finally:
        text_page.close()
        page.close()
    if _is_written_downwards(lines):
        return {"height": width, "lines": _turned(lines)}
    return {"height": height, "lines": [line for line, downwards in lines if not downwards]}


def _lines(page: Any) -> Iterator[tuple[Line, bool]]:
    """The lines in PDFium's order, and whether each is written downwards."""
    from pypdfium2 import raw

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    box = raw.FS_RECTF()
    line: list[tuple[int, float, float, float, float, float, float]] = []
    for index in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, index)
        if code in {10, 13}:
            if line:
                yield _line(line)
            line = []
            continue
        if raw.FPDFText_IsGenerated(page, index) == 1:
            if line and code == 32:
                line.append((code, *line[-1][1:]))
            continue
        raw.FPDFText_GetCharBox(page, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(page, index, x, y)
        raw.FPDFText_GetLooseCharBox(page, index, box)
        size = max(abs(box.top - box.bottom), 0.1)
        if raw.FPDFText_IsHyphen(page, index) == 1 or code in HYPHENS:
            code = SOFT_HYPHEN
        char = (code, left.value, right.value, x.value, y.value, size, top.value)
        # A line that goes on below or beside without PDFium's line end: a word that a hyphen divides.
        if line and _is_elsewhere(line, char):
            yield _line(line)
            line = []
        line.append(char)
    if line:
        yield _line(line)


def _is_elsewhere(line: list[Any], char: Any) -> bool:
    last = line[-1]
    step_x, step_y = abs(char[3] - last[3]), abs(char[4] - last[4])
    size = max(char[5], last[5])
    if step_y <= _SHIFT * size:
        return False
    downwards = step_x <= _SHIFT * size and step_y <= 2.5 * size
    return not downwards or (len(line) > 1 and abs(last[3] - line[0][3]) > _SHIFT * size)


def _line(chars: list[Any]) -> tuple[Line, bool]:
    codes = b"".join(min(char[0], 0x10FFFF).to_bytes(4, "little") for char in chars)
    text = codes.decode("utf-32-le", "replace").translate(_LIGATURES)
    first, last = chars[0], chars[-1]
    size = sorted(char[5] for char in chars)[len(chars) // 2]
    downwards = len(chars) > 1 and abs(first[4] - last[4]) > abs(first[3] - last[3])
    if downwards:
        return (text, first[4], last[4], first[3], size, 0), True
    gaps = 0
    solid = [char for char in chars if char[0] not in {32, 0xA0, 0x3000}]
    for before, after in pairwise(solid):
        gaps += after[1] - before[2] > _GAP * size
    return (text, min(char[1] for char in chars), max(char[2] for char in chars), first[4], size, gaps), False


def _is_written_downwards(lines: list[tuple[Line, bool]]) -> bool:
    return sum(len(line[0]) for line, downwards in lines if downwards) > sum(len(line[0]) for line, _ in lines) / 2


def _turned(lines: list[tuple[Line, bool]]) -> list[Line]:
    """The columns of such a page from right to left, as if it were turned by a quarter; what stands across is around the
    text."""
    columns = [line for line, downwards in lines if downwards]
    turned = [(text, -start, -end, column, size, gaps) for text, start, end, column, size, gaps in columns]
    return sorted(turned, key=lambda line: (-line[3], line[1]))


if __name__ == "__main__":
    main()
