"""Names of people and places, by the optional presidio-analyzer, which is imported only where a recipe asks for it.

The language model has to be on this machine: presidio would fetch a missing one from the network by itself, so it is
looked for first.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf import install
from secondhalf.errors import UserError

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

_SURROGATE = re.compile("[\ud800-\udfff]")


def find_names(text: str, entities: list[str], language: str, model: str) -> Iterator[tuple[int, int]]:
    """Start and end of each entity, in characters. Raises UserError where presidio or the spaCy model is missing."""
    # spaCy works in UTF-8, which has no lone surrogates; one character for one keeps the offsets.
    plain = _SURROGATE.sub("\ufffd", text)
    for result in _engine(language, model).analyze(text=plain, entities=entities, language=language):
        yield result.start, result.end


@cache
def _engine(language: str, model: str) -> "AnalyzerEngine":
    try:
        presidio, spacy = import_module("presidio_analyzer"), import_module("spacy")
        provider = import_module("presidio_analyzer.nlp_engine").NlpEngineProvider
    except ImportError as error:
        advice = f"{install.packages('presidio-analyzer')}, or set clean.personal.presidio: false"
        raise UserError(f"clean.personal.presidio is true, but presidio-analyzer is not installed: {advice}") from error
    if not spacy.util.is_package(model) and not Path(model).is_dir():
        advice = f"python -m spacy download {model}, or name another in clean.personal.presidio_model"
        raise UserError(f"presidio needs the spaCy model {model}, which is not installed: {advice}")
    models = [{"lang_code": language, "model_name": model}]
    engine = provider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    return presidio.AnalyzerEngine(nlp_engine=engine, supported_languages=[language])
