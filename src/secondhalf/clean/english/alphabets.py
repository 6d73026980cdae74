"""The characters that word segmentation tells apart, each class as the inside of a regular expression's brackets.

The classes are those of spaCy's tokenizers, because the published thresholds were applied with them: letters with case
of the Latin, Greek and Cyrillic alphabets, letters without case of fifteen scripts, and the symbols and emoji of
Unicode 11. They are computed from Unicode's categories inside ranges of code points, written in hexadecimal.
"""

import unicodedata
from collections.abc import Iterable, Iterator

_CASED = """41-5a 61-7a c0-d6 d8-f6 f8-1bf 1c4-2af 386 388-38a 38c 38e-38f 391-3a9 3ac-3af 3b1-3c9 3cc-3ce 400-401 403-40a
40c-40d 410-451 453-45a 45c-45d 490-491 496-497 4a2-4a3 4ae-4af 4ba-4bb 4d8-4d9 4e8-4e9 1d00-1d25 1d6b-1d77
1d79-1d9a 1e00-1eff 2c60-2c7b 2c7e-2c7f a722-a76f a771-a787 a78b-a78e a790-a7b9 a7fa ab30-ab5a ab60-ab64
ff21-ff3a ff41-ff5a"""

# Hebrew, Arabic, Indic scripts, Ethiopic, Hangul, kana, ideographs: their letters count as lower and as upper case.
_UNCASED = """591-5f4 620-64a 66e-6d5 6e5-6ff 750-77f 8a0-8bd 900-9ff b80-cff d80-dff 1100-137f 2e80-2fdf 2ff0-30ff
31c0-31ef 3200-4dbf 4e00-9fff ac00-d7af f900-faff fb1d-fbb1 fbd3-fd3d fd50-fdc7 fdf0-fdfb fe30-fe4f fe70-fefc
1ee00-1eebb 1f200-1f2ff 20000-2a6df 2a700-2ebef 2f800-2fa1f"""

# Where there are symbols at all; ideographs and Hangul are passed over to save time.
_SYMBOLS = "a6-4dff a490-abff fd00-ffff 10100-11ad0 16b00-16bff 1bc00-1bcff 1d000-1dfff 1ec00-1ecff 1f000-1fa6d"

# What Unicode assigned, or may still assign, among them after version 11.
_NEWER_SYMBOLS = """166d 2427-243f 2b96-2b97 2bc9 2bff 2e50-2e7f 2ffc-2fff 31e4-31ff 32ff fd40-fdfc fdfe-fdff
1019c-1019f 1d1e9-1d1ff 1f02c-1f02f 1f10c-1f10f 1f16c-1f16f 1f1ad-1f1e5 1f6d5-1f6df 1f6ed-1f6ef 1f6fa-1f6ff
1f774-1f77f 1f7d9-1f7ff 1f8ae-1f8ff 1f90c-1f90f 1f93f 1f971-1f972 1f977-1f979 1f97b 1f9a3-1f9af 1f9ba-1f9bf
1f9c3-1f9cf 1fa00-1fa5f"""


def pairs(ranges: str) -> Iterator[tuple[int, int]]:
    """First and last code point of each hexadecimal range in a list such as "41-5a 386"."""
    for item in ranges.split():
        first, _, last = item.partition("-")
        yield int(first, 16), int(last or first, 16)


def code_points(ranges: str) -> Iterator[int]:
    """All code points of the ranges."""
    for first, last in pairs(ranges):
        yield from range(first, last + 1)


def _bracket(runs: Iterable[tuple[int, int]]) -> str:
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in runs)


def _as_ranges(points: Iterable[int]) -> list[tuple[int, int]]:
    """Rising code points as ranges."""
    runs: list[tuple[int, int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1] = runs[-1][0], point
        else:
            runs.append((point, point))
    return runs


_newer = frozenset(code_points(_NEWER_SYMBOLS))
_uncased = _bracket(pairs(_UNCASED))

LETTER = _bracket(pairs(_CASED)) + _uncased
LOWER = _bracket(_as_ranges(p for p in code_points(_CASED) if chr(p).islower())) + _uncased
UPPER = _bracket(_as_ranges(p for p in code_points(_CASED) if chr(p).isupper())) + _uncased
SYMBOL = _bracket(
    _as_ranges(p for p in code_points(_SYMBOLS) if unicodedata.category(chr(p)) == "So" and p not in _newer)
)
QUOTE = "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》\u2329\u232a\u3008\u3009⟦⟧"
# ASCII marks come escaped for the brackets they are put in.
PUNCTUATION = r"…,:;!?¿؟¡()\[\]{}<>_#*&。？！，、；：～·।،۔؛٪"
