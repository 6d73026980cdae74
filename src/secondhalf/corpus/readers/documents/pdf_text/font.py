"""A font in which every character is the same box, for the fonts that a PDF names and does not hold.

PDFium leaves out what has no extent: on a machine without Japanese fonts, single characters and whole columns that are written
downwards in MS Mincho or Heisei. With this font a file reads alike on every machine, whichever fonts it has. The form is
TrueType's (OpenType 1.9); its character map of format 13 gives all characters one glyph.
"""

from struct import pack

_UNITS = 1000  # in an em
_ASCENT, _DESCENT = 880, -120  # as Japanese fonts have them


def font_of_boxes() -> bytes:
    """The font's file, of some 350 bytes."""
    # One contour, its extent, its last point, no instructions.
    box = pack(">hhhhhHH", 1, 0, _DESCENT, _UNITS, _ASCENT, 3, 0)
    box += bytes([1] * 4)  # four corners, each a step of two bytes across and up
    box += pack(">hhhh", 0, _UNITS, 0, -_UNITS) + pack(">hhhh", _DESCENT, 0, _UNITS, 0)
    box += bytes(-len(box) % 4)
    all_characters = pack(">III", 0x20, 0x10FFFF, 1)
    return _file(
        {
            b"cmap": pack(">HHHHIHHIII", 0, 1, 3, 10, 12, 13, 0, 16 + len(all_characters), 0, 1) + all_characters,
            b"glyf": box,
            b"head": pack(">IIIIHHQQ", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNITS, 0, 0)
            + pack(">hhhhHHhhh", 0, _DESCENT, _UNITS, _ASCENT, 0, 8, 2, 1, 0),
            b"hhea": pack(">IhhhHhhhhhhhhhhhH", 0x10000, _ASCENT, _DESCENT, 0, _UNITS, 0, 0, _UNITS, 1, *[0] * 7, 1),
            b"hmtx": pack(">Hhh", _UNITS, 0, 0),
            b"loca": pack(">III", 0, 0, len(box)),
            b"maxp": pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, *[0] * 8),
        }
    )


def _file(tables: dict[bytes, bytes]) -> bytes:
    """A font's file: what tables there are and where each begins, then the tables."""
    listed, body = pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64), b""
    start = len(listed) + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        listed += tag + pack(">III", 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return listed + body
