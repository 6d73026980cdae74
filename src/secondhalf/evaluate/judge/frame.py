"""An answer inside a judge's question: it is only ever what stands between the frame's marks, whatever it says.

A judge's question is published wording, kept word for word; so an answer that spells one of its marks, to end its own
place and speak to the judge, has that mark's brackets replaced by their full-width look-alikes. All else stays as it is.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WIDE = str.maketrans('[]<>|#:"}', "［］＜＞｜＃：＂｝")
_HIDDEN = "[\\s\u00ad\u200b-\u200f\u2060\ufeff]*"  # what may stand between a mark's characters unseen


def neutralise(text: str, markers: Sequence[str]) -> str:
    """`text` without the marks of the frame, whatever their case, width or spacing. Ordinary text is unchanged."""
    return _pattern(tuple(markers)).sub(lambda match: unicodedata.normalize("NFKC", match[0]).translate(_WIDE), text)


@lru_cache(maxsize=16)
def _pattern(markers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        "|".join(_HIDDEN.join(map(_any_width, re.sub(r"\s", "", marker))) for marker in markers), re.IGNORECASE
    )


def _any_width(character: str) -> str:
    wide = chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character
    return f"[{re.escape(character)}{wide}]"
