"""The language of the whole answer, by langdetect as in the reference, but seeded: equal answers get equal verdicts.

langdetect samples at random, and the reference does not seed it, so a short or mixed answer can come out either way there.
"""

from functools import cache
from pathlib import Path
from typing import Any

from secondhalf import install
from secondhalf.errors import UserError

SEED = 0
"""The seed of every detection."""


def response_language(response: str, *, language: str) -> bool:
    """The whole answer is in `language` (ISO 639-1). An answer without letters counts as followed, as in the reference."""
    return detect_language(response) in {language, None}


def detect_language(text: str) -> str | None:
    """langdetect's code of a text, such as en or zh-cn; None where it finds nothing to go by."""
    from langdetect import LangDetectException

    detector = _factory().create()
    detector.append(text)
    try:
        return str(detector.detect())
    except LangDetectException:
        return None


@cache
def _factory() -> Any:
    """A factory of our own, so that nobody else's seed is touched; profiles in the order of their names, not the disk's."""
    try:
        from langdetect import DetectorFactory
        from langdetect.detector_factory import PROFILES_DIRECTORY
    except ImportError as error:
        raise UserError(f"IFEval needs {install.extra('ifeval')} (langdetect is missing).") from error
    factory = DetectorFactory()
    factory.load_json_profile([path.read_text("utf-8") for path in sorted(Path(PROFILES_DIRECTORY).iterdir())])
    factory.seed = SEED
    return factory
