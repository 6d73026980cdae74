"""Names and places, by the optional presidio-analyzer. Nothing of it is imported before it is asked for."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from secondhalf.errors import UserError

_MEND = (
    "pip install presidio-analyzer and python -m spacy download en_core_web_lg, or set clean.personal.presidio: false"
)


def named(text: str, entities: list[str], language: str) -> Iterator[tuple[int, int]]:
    """Start and end of each entity. Raises UserError where presidio or its language model is missing."""
    for result in _engine().analyze(text=text, entities=entities, language=language):
        yield result.start, result.end


@cache
def _engine() -> Any:
    try:
        presidio = import_module("presidio_analyzer")
    except ImportError as error:
        raise UserError(f"clean.personal.presidio is true, but presidio-analyzer is not installed: {_MEND}") from error
    try:
        return presidio.AnalyzerEngine()
    except (OSError, SystemExit, ImportError) as error:  # spaCy exits when its model cannot be had
        raise UserError(f"presidio-analyzer has no language model to start with: {_MEND}") from error
