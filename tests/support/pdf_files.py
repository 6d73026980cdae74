"""PDFs for the tests, written by hand: a few lines at their places, in English or Japanese, with a text layer and no font inside."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

_JAPANESE = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiMin-W3 /Encoding /%s /DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 "
    b"/BaseFont /HeiseiMin-W3 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /DW 1000 "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /HeiseiMin-W3 /Flags 6 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
    b"/Ascent 850 /Descent -150 /StemV 80 /CapHeight 700 >> >>] >>"
)


class Put(NamedTuple):
    """A line of text at a place of its page: points from the left and from the bottom. A page is 595 by 842 points."""

    x: float
    y: float
    text: str
    size: float = 10


def pdf(pages: Iterable[Sequence[Put]], vertical: bool = False, trailer: bytes = b"", before: bytes = b"") -> bytes:
    """A PDF with these lines on its pages; `trailer` is put into its trailer, and `before` into each page before its lines."""
    kids, objects = [], []
    for lines in pages:
        content = before + b"".join(_shown(line, vertical) for line in lines)
        number = 6 + len(objects)
        kids.append(f"{number} 0 R")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R "
            b"/F3 5 0 R >> >> >>" % (number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    fixed = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        _JAPANESE % b"UniJIS-UCS2-H",
        _JAPANESE % b"UniJIS-UCS2-V",
    ]
    return assembled([*fixed, *objects], trailer)


def assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)
    return bytes(out)


def wrapped(text: str, width: int, top: float = 740, left: float = 70, size: float = 10) -> list[Put]:
    """A paragraph as lines of at most `width` characters, broken at blanks where it has any."""
    lines, rest = [], text
    while rest:
        end = len(rest) if len(rest) <= width else max(rest.rfind(" ", 0, width + 1), 0) or width
        lines.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [Put(left, top - 1.2 * size * index, line, size) for index, line in enumerate(lines)]


def _shown(line: Put, vertical: bool) -> bytes:
    if line.text.isascii():
        text = line.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        font, shown = "F1", f"({text})"
    else:
        font, shown = "F3" if vertical else "F2", f"<{line.text.encode('utf-16-be').hex()}>"
    return f"BT /{font} {line.size} Tf {line.x} {line.y} Td {shown} Tj ET\n".encode()
