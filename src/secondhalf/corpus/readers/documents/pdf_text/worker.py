"""The lines of a PDF, by PDFium, in a process of its own: what a hostile file does to a parser in C++ ends this process
alone.

Run as a script with a PDF as its input; the most pages, the most bytes of memory and, as hexadecimal digits, the font for
what the file names and does not hold as arguments. It imports nothing of the package. Each page is a line of JSON: its height
in points; its lines in reading order, each as text, left, right, baseline, size (points) and number of wide gaps in it; and
the rules that are drawn on it, each as left, bottom, right, top. A line of text ends at an upright rule. A page that is
written downwards is turned by a quarter, and its rules are left out. At last {"pages": N}, or {"error": REASON} alone.
"""

import ctypes
import json
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

GENERATED = -32  # a blank that stands in no text: PDFium found a gap
SOFT_HYPHEN, HYPHENS = 0xAD, {0x02, 0xFFFE}  # PDFium's sign for a hyphen that divides a word
_GAP, _SHIFT = 1.5, 0.6  # in sizes of the font: a gap that parts cells; a step that begins another line
_BLANKS = {GENERATED, 32, 0xA0, 0x3000}
_LIGATURES = dict(zip(range(0xFB00, 0xFB07), ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_THIN, _MOST_RULES = 3, 10_000  # points; a drawing of more lines is no table
_MOST_STACKED = 3  # characters
_TIER = 0.5  # sizes: the gap between two tiers of columns
_SPACED_LETTERS, _SPACED = 8, 0.6  # letters of a line, and blanks for each character, that tell a wide setting

_SYSTEM: list[Any] = []  # which PDFium calls until this process ends

Line = tuple[str, float, float, float, float, int]
Rule = tuple[float, float, float, float]


def main() -> None:
    """Writes the pages. A fault is a reason, and no trace."""
    most_pages, most_memory = int(sys.argv[1]), int(sys.argv[2])
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    except (ImportError, ValueError, OSError):
        pass  # Windows and macOS have no such limit; the time is limited in any case
    import pypdfium2 as pdfium

    _SYSTEM.append(_only_font(bytes.fromhex(sys.argv[3])))
    pdfium.raw.FPDF_SetSystemFontInfo(_SYSTEM[0])
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


def _only_font(font: bytes) -> Any:
    """A system that has one font, for the scripts that PDFium's own fonts have not (character sets of Windows from 128 on)."""
    from pypdfium2 import raw

    def copy(_system: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
        if table:  # of a collection of fonts, which it is not
            return 0
        if buffer and size >= len(font):
            ctypes.memmove(buffer, font, len(font))
        return len(font)

    def choose(_system: Any, _weight: int, _italic: int, script: int, *_: Any) -> int:
        return int(script >= 128)

    answers: dict[str, Callable[..., Any]] = {
        "Release": lambda *_: None, "EnumFonts": lambda *_: None, "MapFont": choose, "GetFont": lambda *_: 1,
        "GetFontData": copy, "GetFaceName": lambda *_: 0, "GetFontCharset": lambda *_: 1, "DeleteFont": lambda *_: None,
    }  # fmt: skip
    system = raw.FPDF_SYSFONTINFO(version=1)
    for name, kind in raw.FPDF_SYSFONTINFO._fields_[1:]:
        setattr(system, name, kind(answers[name]))
    return system


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
        rules = _rules(page)
        uprights = sorted((left, bottom, top) for left, bottom, right, top in rules if right - left < _THIN)
        lines = list(_lines(text_page, uprights))
    finally:
        text_page.close()
        page.close()
    if _is_written_downwards(lines):
        return {"height": width, "lines": _turned(lines), "rules": []}
    return {"height": height, "lines": _across(lines), "rules": rules}


def _rules(page: Any) -> list[Rule]:
    """The thin marks on a page, and the edges of its boxes."""
    from pypdfium2 import raw

    rules: list[Rule] = []
    for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = drawn.get_bounds()
        if right - left < _THIN or top - bottom < _THIN:
            rules.append((left, bottom, right, top))
        else:
            rules += [(left, bottom, left, top), (right, bottom, right, top)]
            rules += [(left, bottom, right, bottom), (left, top, right, top)]
        if len(rules) > _MOST_RULES:
            return []
    return rules


def _lines(page: Any, uprights: list[tuple[float, float, float]]) -> Iterator[tuple[Line, bool]]:
    """The lines in PDFium's order, and whether each is written downwards."""
    from pypdfium2 import raw

    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    box = raw.FS_RECTF()
    end = 0.0  # of the last letter
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
                line.append((GENERATED, *line[-1][1:]))
            continue
        raw.FPDFText_GetCharBox(page, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(page, index, x, y)
        raw.FPDFText_GetLooseCharBox(page, index, box)
        size = max(abs(box.top - box.bottom), 0.1)
        if raw.FPDFText_IsHyphen(page, index) == 1 or code in HYPHENS:
            code = SOFT_HYPHEN
        char = (code, left.value, right.value, x.value, y.value, size, top.value)
        # A line that goes on below or beside without PDFium's line end: a word that a hyphen divides.
        if line and (_is_elsewhere(line, char) or _is_parted(end, char, uprights)):
            yield _line(line)
            line = []
        line.append(char)
        if code not in _BLANKS:
            end = right.value
    if line:
        yield _line(line)


def _is_elsewhere(line: list[Any], char: Any) -> bool:
    last = line[-1]
    step_x, step_y = abs(char[3] - last[3]), abs(char[4] - last[4])
    size = max(char[5], last[5])
    if step_y <= _SHIFT * size:
        return False
    alike = min(char[5], last[5]) > _SHIFT * size  # what is smaller is a reading, or a power
    downwards = alike and step_x <= _SHIFT * size and step_y <= 2.5 * size
    return not downwards or (len(line) > 1 and abs(last[3] - line[0][3]) > _SHIFT * size)


def _is_parted(start: float, char: Any, uprights: list[tuple[float, float, float]]) -> bool:
    """Whether an upright rule (its place, bottom and top; sorted) stands between the end of a letter and a character."""
    slack, middle = 0.1 * char[5], char[4] + char[5] / 3
    first, last = bisect_left(uprights, (start - slack,)), bisect_right(uprights, (char[1] + slack,))
    return any(bottom <= middle <= top for _, bottom, top in uprights[first:last])


def _is_spaced(chars: list[Any]) -> bool:
    """Whether PDFium found a blank at nearly every letter: they are set wide."""
    solid = [char[0] for char in chars if char[0] != GENERATED]
    letters = sum(chr(min(code, 0x10FFFF)).isalpha() for code in solid)
    return letters >= _SPACED_LETTERS and len(chars) - len(solid) >= _SPACED * len(solid)


def _without_narrow_blanks(chars: list[Any]) -> list[Any]:
    """The characters of a line whose letters are set wide, with those blanks alone that PDFium found in the widest gaps."""
    solid = [char for char in chars if char[0] != GENERATED]
    gaps = sorted(after[1] - before[2] for before, after in pairwise(solid))
    wide = max(1.5 * gaps[len(gaps) // 2] + 0.1 * solid[0][5], 0.0)
    pairs = zip(chars, [*chars[1:], None], strict=True)
    return [char for char, after in pairs if char[0] != GENERATED or (after and after[1] - char[2] > wide)]


def _line(chars: list[Any]) -> tuple[Line, bool]:
    downwards = len(chars) > 1 and abs(chars[0][4] - chars[-1][4]) > abs(chars[0][3] - chars[-1][3])
    is_spaced = not downwards and _is_spaced(chars)
    if is_spaced:
        chars = _without_narrow_blanks(chars)
    codes = b"".join((32 if char[0] == GENERATED else min(char[0], 0x10FFFF)).to_bytes(4, "little") for char in chars)
    text = codes.decode("utf-32-le", "replace").translate(_LIGATURES)
    first, last = chars[0], chars[-1]
    size = sorted(char[5] for char in chars)[len(chars) // 2]
    if downwards:
        return (text, first[4], last[4], first[3], size, 0), True
    solid = [char for char in chars if char[0] not in _BLANKS]
    wide = (2 if is_spaced else 1) * _GAP * size
    gaps = sum(after[1] - before[2] > wide for before, after in pairwise(solid))
    return (text, min(char[1] for char in chars), max(char[2] for char in chars), first[4], size, gaps), False


def _is_written_downwards(lines: list[tuple[Line, bool]]) -> bool:
    return sum(len(line[0]) for line, downwards in lines if downwards) > sum(len(line[0]) for line, _ in lines) / 2


def _across(lines: list[tuple[Line, bool]]) -> list[Line]:
    """The lines of a page that is written across. Some characters below each other may be its text's; more are a note on its
    margin, and left out."""
    return [
        (line[0], line[3], line[3] + line[4], line[1], line[4], 0) if downwards else line
        for line, downwards in lines
        if not downwards or len(line[0].strip()) <= _MOST_STACKED
    ]


def _turned(lines: list[tuple[Line, bool]]) -> list[Line]:
    """The columns of such a page from right to left, tier by tier, as if it were turned by a quarter; what stands across is
    around the text."""
    columns = [line for line, downwards in lines if downwards]
    turned = [(text, -start, -end, column, size, gaps) for text, start, end, column, size, gaps in columns]
    tiers: list[list[Line]] = []
    end = 0.0
    for line in sorted(turned, key=lambda line: line[1]):
        if not tiers or line[1] > end + _TIER * line[4]:  # below all before
            tiers.append([])
            end = line[2]
        tiers[-1].append(line)
        end = max(end, line[2])
    return [line for tier in tiers for line in sorted(tier, key=lambda line: (-line[3], line[1]))]


if __name__ == "__main__":
    main()
