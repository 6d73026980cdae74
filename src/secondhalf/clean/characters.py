"""Mends what no one can see: broken encodings, radicals for kanji, line ends, invisible characters, bidirectional overrides.

Rewrites the text; what cannot be mended is refused. Full-width forms and compatibility characters carry meaning in
Japanese, so nothing is normalised unless a setting asks for it. A text without a suspicious character costs one scan.
"""

import re
import sys
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.encodings import SIGNS, mend_encoding
from secondhalf.clean.rule import above
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings
from secondhalf.text.normal_form import normal_form
from secondhalf.text.radicals import RADICALS, mend_radicals


class CharacterSettings(Settings):
    """What is mended of a text's characters, and what is refused."""

    mend: bool = True
    """Mend broken encodings (with ftfy), write kanji for the radicals of PDFs (⼤ for 大), make line ends one kind, and remove
    invisible characters. Without it the text stays as it is, and each of them counts against its limit."""

    bidirectional: Literal["remove", "refuse", "keep"] = "remove"
    """What to do with bidirectional embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069): they can make
    a text read other than it is ("Trojan Source", arXiv 2111.00169). Right-to-left text seldom needs them."""

    max_invisible_share: float = Field(0.1, ge=0, le=1)
    """Largest share of invisible characters, 0 to 1, of the text as read; above it the document is refused, since so many
    hide a message or come from a broken file. Without `mend` a single one is refused. Ours."""

    max_broken_share: float = Field(0.0, ge=0, le=1)
    """Largest share of characters that are lost (U+FFFD), still in a wrong encoding or radicals for kanji, 0 to 1. Ours: one is
    enough."""

    normalise: Literal["none", "NFC", "NFKC"] = "none"
    """Unicode normalisation. NFKC also turns ① into 1 and full-width letters into plain ones. Ours."""


# Joiners are kept after the scripts and emoji that need them; variation selectors after what has variants, one each;
# tags only in the flag of a region (Unicode TR 51, annex C).
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_JOINED = f"{_RIGHT_TO_LEFT}\u0900-\u109f\u1780-\u18af{_EMOJI}"
_VARIED = f"0-9#*©®\u1000-\u109f\u2010-\u2027\u2030-\u33ff\ua840-\ua877\U0001f000-\U0001faff{_IDEOGRAPHS}"
_KEPT = (
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
    f"|(?:(?<=[{_JOINED}])|(?<=[{_EMOJI}]\ufe0f))[\u200c\u200d]"
    f"|(?<=[{_VARIED}])[\ufe00-\ufe0f]|(?<=[{_IDEOGRAPHS}])[\U000e0100-\U000e01ef]"
)
_PLANES = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_HIDDEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b-\u200f\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    f"\ufdd0-\ufdef\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef{_PLANES}"
)
_BIDIRECTIONAL = "\u202a-\u202e\u2066-\u2069"
_INVISIBLE = re.compile(f"(?P<kept>{_KEPT})|\x1b\\[[0-9;]{{0,20}}[A-Za-z]|[{_HIDDEN}]")
_RIGHT_TO_LEFT_LETTER = re.compile(f"[{_RIGHT_TO_LEFT}]")
_DIRECTIONS = ("\u061c", "\u200e", "\u200f")
_OVERRIDES = re.compile(f"[{_BIDIRECTIONAL}]")
_LOST = re.compile("[\ufffd\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(f"[{_HIDDEN}{_BIDIRECTIONAL}\ufffd\ud800-\udfff\x0b-\x0d\x85\u2028\u2029]")
_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_FIELD = "clean.characters."
_CHECKS = ("encoding", "invisible", "bidirectional")


def mend_characters(document: Document, settings: CharacterSettings) -> tuple[str, list[Verdict]]:
    """The mended text and three verdicts: encoding, invisible, bidirectional.

    Scores are counts: of mended lines, broken sequences, radicals and lost characters; of characters; of characters. A span
    is the first of its kind in the text as read, and -1 where only the mending brought it to light.
    """
    text = document.text
    if settings.normalise != "none":
        text = normal_form(settings.normalise, text)
    suspicious, unseen = _classify(text)
    encoding, invisible, bidirectional = (Verdict(document.id, check, True, 0.0) for check in _CHECKS)
    if suspicious:
        original = text
        text, encoding = _mend_encodings(document, text, settings)
        unseen = unseen or text != original
    if unseen:
        if settings.mend:
            text = _LINE_ENDS.sub("\n", text)
        text, invisible = _remove_invisible(document, text, settings)
        text, bidirectional = _remove_bidirectional(document, text, settings)
    return text, [encoding, invisible, bidirectional]


def _classify(text: str) -> tuple[bool, bool]:
    """Whether any character may come from a broken encoding, and whether any is invisible or ends a line oddly."""
    if text.isascii():
        return False, _ASCII.search(text) is not None
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = int(np.bitwise_or.reduce(_kinds()[codes]))
    return bool(bits & 1), bool(bits & 2)


@cache
def _kinds() -> NDArray[np.uint8]:
    """Bits by code point: 1 suspicious, 2 unseen. A lookup is ten times faster than a class beyond the first plane."""
    kinds = np.zeros(sys.maxunicode + 1, np.uint8)
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    for bit, pattern in ((1, re.compile(f"[{SIGNS}{RADICALS}\ufffd\ud800-\udfff]")), (2, _UNSEEN)):
        kinds[[match.start() for match in pattern.finditer(everything)]] |= bit
    return kinds


def _mend_encodings(document: Document, text: str, settings: CharacterSettings) -> tuple[str, Verdict]:
    mended = mend_encoding(text)
    whole, radicals, radical_start = mend_radicals(mended.text)
    start = mended.start if mended.start >= 0 else radical_start
    lost = list(_LOST.finditer(whole))
    broken = len(lost) + mended.broken_left + (0 if settings.mend else mended.lines + radicals)
    if lost and start < 0:
        start = document.text.find(lost[0].group())
    passed = broken <= settings.max_broken_share * len(text)
    reason = (
        ""
        if passed
        else above(
            "broken encoding", broken / max(len(text), 1), settings.max_broken_share, _FIELD + "max_broken_share"
        )
    )
    count = mended.lines + mended.broken_left + radicals + len(lost)
    verdict = Verdict(document.id, "encoding", passed, float(count), reason, *_span(start))
    return (_LOST.sub("\ufffd", whole) if settings.mend else text), verdict


def _remove_invisible(document: Document, text: str, settings: CharacterSettings) -> tuple[str, Verdict]:
    matches = _invisible_matches(text)
    count = sum(len(match.group()) for match in matches)
    most = settings.max_invisible_share if settings.mend else 0.0
    share = count / max(len(document.text), 1)
    passed = count <= most * len(document.text)
    field = f"{_FIELD}{'max_invisible_share' if settings.mend else 'mend'}"
    reason = "" if passed else above("invisible or control characters", share, most, field)
    start = (
        next((match.start() for match in _invisible_matches(document.text) if match.group() == matches[0].group()), -1)
        if matches
        else -1
    )
    verdict = Verdict(document.id, "invisible", passed, float(count), reason, *_span(start))
    if settings.mend and matches:
        edges = [0, *(edge for match in matches for edge in match.span()), len(text)]
        text = "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return text, verdict


def _invisible_matches(text: str) -> list[re.Match[str]]:
    """The invisible characters of a text; marks of direction are none where letters run both ways."""
    marks = _DIRECTIONS if _RIGHT_TO_LEFT_LETTER.search(text) else ()
    return [match for match in _INVISIBLE.finditer(text) if match["kept"] is None and match.group() not in marks]


def _remove_bidirectional(document: Document, text: str, settings: CharacterSettings) -> tuple[str, Verdict]:
    overrides = _OVERRIDES.findall(text)
    passed = not overrides or settings.bidirectional != "refuse"
    reason = "" if passed else above("bidirectional overrides", len(overrides), 0, _FIELD + "bidirectional")
    start = document.text.find(overrides[0]) if overrides else -1
    verdict = Verdict(document.id, "bidirectional", passed, float(len(overrides)), reason, *_span(start))
    if overrides and settings.bidirectional == "remove":
        text = _OVERRIDES.sub("", text)
    return text, verdict


def _span(start: int) -> tuple[int, int]:
    return (start, start + 1) if start >= 0 else (-1, -1)
