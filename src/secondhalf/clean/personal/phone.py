"""Telephone and fax numbers: with a country code, or as written in Japan, North America, the United Kingdom and a few others.

A number counts when it can be dialled from elsewhere: seven-digit local numbers and extensions do not. The shapes
below are the countries' own (Japan: the Ministry of Internal Affairs and Communications' numbering plan; North
America: NANPA; United Kingdom: Ofcom). Digits without any sign between them need a word such as "phone" or 電話 near
by, and a word such as "order no." or 注文番号 right before speaks against a number.

The `phonenumbers` library was tried as finder and as judge of what is found here and is not used: it is slower, mixes
numbers of three countries up with dates and orders, and refuses the numbers reserved for fiction
(`python benchmarks/pii.py --half choose` has the figures).
"""

import re
import sys
from collections.abc import Iterator

from secondhalf.clean.personal.context import called_otherwise

_DASH = "[-‐‑‒–—―−ーｰ－]"  # what stands for a hyphen in typed Japanese, the long-vowel mark included
_GAP = f"(?:{_DASH}|[ .])"
_SIGN = f" ?{_DASH} ?|[ .]"
_OPEN, _CLOSE = "[(（]", "[)）]"

# Not inside a word or a longer number; "TEL" and "FAX" may touch it. After a digit and a blank (a postal code, a date)
# only a number with dashes or brackets begins, and the same holds for what may follow.
_BEFORE = (
    rf"(?:(?<=[Tt][Ee][Ll])|(?<=[Ff][Aa][Xx])|(?<![0-9A-Za-z_+])(?<![0-9]{_DASH})(?<![0-9][./,])(?<![A-Za-z]-))"
    rf"(?:(?<![0-9] )|(?=[0-9]{{2,5}}{_DASH}|{_OPEN}))"
)
_AFTER = rf"(?![0-9A-Za-z_])(?!{_DASH}[0-9])(?!\.[0-9])(?! [0-9]{{3,4}}(?:[ .,;]|$))"

_JAPAN = "|".join(
    [
        rf"0[5-9]0({_SIGN})[0-9]{{4}}\1[0-9]{{4}}",  # mobile, IP telephony
        rf"0(?:120|800|570|990)({_SIGN})[0-9]{{2,3}}\2[0-9]{{3,4}}",  # toll-free, shared cost
        # Area code and exchange have six digits between them, the subscriber four.
        rf"0[1-9]({_SIGN})[0-9]{{4}}\3[0-9]{{4}}",
        rf"0[1-9][0-9]({_SIGN})[0-9]{{3}}\4[0-9]{{4}}",
        rf"0[1-9][0-9]{{2}}({_SIGN})[0-9]{{2}}\5[0-9]{{4}}",
        rf"0[1-9][0-9]{{3}}({_SIGN})[0-9]\6[0-9]{{4}}",
        rf"{_OPEN}0[1-9][0-9]{{0,3}}{_CLOSE} ?[0-9]{{1,4}}{_DASH}[0-9]{{4}}",
        rf"0[1-9][0-9]{{0,3}} ?{_OPEN}[0-9]{{1,4}}{_CLOSE} ?[0-9]{{3,4}}",
    ]
)
_NORTH_AMERICA = (
    r"(?:1[-. ])?(?:\([2-9][0-9]{2}\)[ -]?[2-9][0-9]{2}[-. ][0-9]{4}|[2-9][0-9]{2}(-|\.| | - )[2-9][0-9]{2}\7[0-9]{4})"
)
_BRITAIN = "|".join(
    [
        r"(?:\(02[0-9]\)|02[0-9])[ -][0-9]{4}[ -]?[0-9]{4}",
        r"(?:\(01[0-9]{3}\)|01[0-9]{3})[ -][0-9]{6}",
        r"(?:\(01(?:1[0-9]|[0-9]1)\)|01(?:1[0-9]|[0-9]1)|0[389][0-9]{2})[ -][0-9]{3}[ -][0-9]{4}",
        r"07[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}",
    ]
)
_OTHERS = "|".join(
    [
        # France; pairs of digits are also what a dump of bytes is made of.
        r"(?<![^A-Za-z][0-9A-Fa-f]{2}\s)(?!0[0-9] 0[0-9] 0)0[1-9](?:[ .][0-9]{2}){4}(?!\s[0-9A-Fa-f]{2}(?![A-Za-z]))",
        r"\(0[2378]\) ?[0-9]{4} [0-9]{4}|04[0-9]{2} [0-9]{3} [0-9]{3}",  # Australia
    ]
)
_NATIONAL = re.compile(f"{_BEFORE}(?:{_JAPAN}|{_NORTH_AMERICA}|{_BRITAIN}|{_OTHERS}){_AFTER}")
_BARE = re.compile(f"{_BEFORE}(?:0[5-9]0[0-9]{{8}}|0[1-9][0-9]{{8}}|1?[2-9][0-9]{{2}}[2-9][0-9]{{6}}){_AFTER}")
_REST = rf"(?:{_GAP}|{_GAP}?{_OPEN}|{_CLOSE}{_GAP}?)?[0-9]"
_ABROAD = re.compile(
    rf"(?<![0-9A-Za-z_+~])(?<![0-9][., -])(?:[+＋][1-9](?:{_REST}){{7,14}}"
    rf"|(?:00[ -]?(?=[2-9])|01[01][ -](?=[1-9]))(?=[0-9]{{1,3}}[ -])[0-9](?:{_REST}){{9,13}})"
    r"(?![0-9A-Za-z_])"
)
# Digits of the national number, without the trunk 0: the longest of country codes that people mostly meet here.
_LONGEST = {"1": 10, "81": 10, "44": 10, "33": 9, "61": 9, "34": 9, "39": 11, "82": 10, "86": 11, "91": 10, "7": 10}
_PHONE_WORD = re.compile(
    r"(?<!\[)(?:phone|mobile|(?<![A-Za-z])tel|\bcell|\bcall|\bfax|\btext|dial|contact|電話|携帯|スマホ|ファ[クッ]|ＴＥＬ|ＦＡＸ|連絡)",
    re.IGNORECASE,
)


def phones(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[tuple[int, int]]:
    """Start and end of each number, in characters. Full-width digits are expected to be folded; the signs between need not be."""
    for match in _ABROAD.finditer(text, start, end):
        length = _length_of_number(match.group())
        if length and not called_otherwise(text, match.start()):
            yield match.start(), match.start() + length
    for match in _NATIONAL.finditer(text, start, end):
        if not called_otherwise(text, match.start()):
            yield match.span()
    for match in _BARE.finditer(text, start, end):
        named = _PHONE_WORD.search(text, max(0, match.start() - 24), match.start())
        if named and not called_otherwise(text, match.start()):
            yield match.span()


def _length_of_number(candidate: str) -> int:
    """How much of a number with a country code is plausible; 0: nothing, as with +1.10000000000."""
    if re.fullmatch(r"[+＋][0-9]{1,3}\.[0-9]+", candidate):
        return 0
    digits = [i for i, character in enumerate(candidate) if character.isdigit()]
    number = re.sub(r"^(?:[+＋]|00|010|011)", "", candidate)
    code = re.sub(r"[^0-9]", "", number)
    trunk = bool(re.search(rf"{_OPEN}0", number))
    prefix = len(re.sub(r"[^0-9]", "", candidate)) - len(code)
    for length in (1, 2):
        longest = _LONGEST.get(code[:length])
        if longest:
            last = prefix + length + trunk + longest
            return digits[min(last, len(digits)) - 1] + 1
    return digits[-1] + 1
