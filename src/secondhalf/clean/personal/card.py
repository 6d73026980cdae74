"""Payment cards: an issuer's prefix and length (ISO/IEC 7812) and the Luhn check digit.

One in ten numbers passes that check, so a number that the text calls an order, a lot or the like is none.
"""

import re
import sys
from collections.abc import Iterator

from stdnum import luhn

from secondhalf.clean.personal.context import called_otherwise

# In one piece, or in the groups that are printed on cards, with the same sign between them.
_CARD = re.compile(
    r"(?<![0-9A-Za-z_/])(?<![0-9][-., ])(?<![A-Za-z]-)"
    r"(?:[0-9]{14,19}|[0-9]{4}([-‐−–ー ])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?|[0-9]{4}([-‐−–ー ])[0-9]{6}\2[0-9]{4,5})"
    r"(?![0-9A-Za-z_])(?![-.][0-9])"
)
# Prefixes and lengths as the issuers publish them. Visa's 13 digits are left out: none is issued any more, and
# Japanese article numbers (JAN) have 13 digits and begin with 45 or 49.
_ISSUERS = [
    (re.compile(r"4"), {16, 19}),  # Visa
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),  # Mastercard
    (re.compile(r"3[47]"), {15}),  # American Express
    (re.compile(r"6011|64[4-9]|65"), {16, 19}),  # Discover
    (re.compile(r"352[89]|35[3-8]"), {16}),  # JCB
    (re.compile(r"30[0-5]|3095|36|38|39"), {14}),  # Diners Club
    (re.compile(r"62|81"), {16, 17, 18, 19}),  # UnionPay
]


def cards(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[int, int]]:
    """Start and end of each card number, in characters. Full-width digits are expected to be folded."""
    for match in _CARD.finditer(text, start, end):
        number = "".join(character for character in match.group() if character.isdigit())
        issued = any(prefix.match(number) and len(number) in lengths for prefix, lengths in _ISSUERS)
        if issued and luhn.is_valid(number) and not called_otherwise(text, match.start()):
            yield match.span()
