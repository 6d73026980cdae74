"""Japan's individual number (My Number): twelve digits with a check digit, where the text speaks of one.

The check digit is that of article 5 of the Ministry of Internal Affairs and Communications' ordinance no. 85 of 2014. About
one in eleven twelve-digit numbers passes it, parcel and account numbers among them, and those are printed in the same groups
of four.
"""

import re
import sys
from collections.abc import Iterator
from typing import Literal

from stdnum.jp import in_ as individual_number

Near = Literal["words", "words or groups", "nothing"]

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][-., ])[0-9]{4}([-‐−–ー ]?)[0-9]{4}\1[0-9]{4}(?![0-9A-Za-z_])(?![-. ][0-9])"
)
# A mask ("[my number]") is no context: what stands near it was judged before it was there.
_WORDS = re.compile(
    r"マイナンバー|ﾏｲﾅﾝﾊﾞ|個人番号|通知カード|(?<!\[)\bmy[ -]?number|individual number|kojin ?bango", re.IGNORECASE
)
_BEFORE, _AFTER = 40, 16


def my_numbers(text: str, near: Near = "words", start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[int, int]]:
    """Start and end of each number, in characters. `near` says what besides the check digit is asked for."""
    for match in _NUMBER.finditer(text, start, end):
        # stdnum does not know every sign that stands for a hyphen in Japanese.
        if not individual_number.is_valid(match.group().replace(match.group(1), "")):
            continue
        grouped = near == "words or groups" and bool(match.group(1))
        if near == "nothing" or grouped or _spoken_of(text, *match.span()):
            yield match.span()


def _spoken_of(text: str, start: int, end: int) -> bool:
    return bool(_WORDS.search(text, max(0, start - _BEFORE), start) or _WORDS.search(text, end, end + _AFTER))
