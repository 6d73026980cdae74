"""Every filter over every document; a document goes on when all of them pass it."""

from dataclasses import replace

import pyarrow as pa

from secondhalf.clean.characters import CharacterSettings, characters
from secondhalf.clean.language import LanguageSettings, language
from secondhalf.clean.length import LengthSettings, length
from secondhalf.clean.prose import ProseSettings, prose
from secondhalf.mapper import Batch
from secondhalf.rows import Document, Verdict, from_table, judged
from secondhalf.settings import Settings

VERSION = 1


class CleanSettings(Settings):
    """The filters, each with its own settings."""

    length: LengthSettings = LengthSettings()
    """Too short or too long."""

    language: LanguageSettings = LanguageSettings()
    """Which languages to keep."""

    prose: ProseSettings = ProseSettings()
    """Running text, not code or tables."""

    characters: CharacterSettings = CharacterSettings()
    """Invisible characters and broken encodings."""


def clean(documents: pa.Table, settings: CleanSettings) -> Batch:
    """Documents in; documents with their language, rejects and verdicts out. The text itself is not changed."""
    rows: list[Document] = []
    verdicts: list[list[Verdict]] = []
    for document in from_table(Document, documents):
        code, spoken = language(document, settings.language)
        rows.append(replace(document, language=code))
        verdicts.append(
            [
                length(document, settings.length),
                characters(document, settings.characters),
                prose(document, settings.prose),
                spoken,
            ]
        )
    return judged(Document, rows, verdicts)
