"""Every filter over every document; a document goes on when all of them pass it.

Some filters rewrite: what follows them judges the text as they left it. The id stays that of the text as read.
"""

from dataclasses import dataclass, replace

import pyarrow as pa

from secondhalf.clean.adult import AdultSettings, adult
from secondhalf.clean.c4 import C4Settings, c4
from secondhalf.clean.characters import CharacterSettings, characters
from secondhalf.clean.fineweb import FineWebSettings, fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, gopher_repetition
from secondhalf.clean.language import LanguageSettings, language
from secondhalf.clean.length import LengthSettings, length
from secondhalf.clean.markup import MarkupSettings, markup
from secondhalf.clean.prose import ProseSettings, prose
from secondhalf.clean.text import Text
from secondhalf.mapper import Batch
from secondhalf.rows import Document, Verdict, from_table, judged
from secondhalf.settings import Settings

VERSION = 2


class CleanSettings(Settings):
    """The filters in their order, each with its own settings."""

    characters: CharacterSettings = CharacterSettings()
    """Broken encodings and invisible characters: mended, removed, or refused."""

    length: LengthSettings = LengthSettings()
    """Too short or too long."""

    language: LanguageSettings = LanguageSettings()
    """Which languages to keep."""

    prose: ProseSettings = ProseSettings()
    """Running text, not code or tables."""

    markup: MarkupSettings = MarkupSettings()
    """Tags, templates and code that extraction left; menus, banners and notices."""

    adult: AdultSettings = AdultSettings()
    """Pornography and strings of abuse, by density."""

    gopher_repetition: GopherRepetitionSettings = GopherRepetitionSettings()
    """Gopher's rules against repetition. Not for Japanese and Chinese."""

    gopher_quality: GopherQualitySettings = GopherQualitySettings()
    """Gopher's rules of quality. Not for Japanese and Chinese."""

    c4: C4Settings = C4Settings()
    """C4's rules; lines are dropped. Not for Japanese and Chinese."""

    fineweb: FineWebSettings = FineWebSettings()
    """FineWeb's rules. Not for Japanese and Chinese."""


@dataclass(frozen=True)
class Step:
    """What one filter was given and what it said. The verdicts' spans are places in `text`."""

    name: str
    text: str
    verdicts: list[Verdict]


def examine(document: Document, settings: CleanSettings) -> tuple[Document, list[Step]]:
    """One document through every filter: as it leaves them, and each step. No filter is spared when one refuses."""
    steps: list[Step] = []

    def judge(name: str, verdicts: list[Verdict]) -> None:
        steps.append(Step(name, document.text, verdicts))

    def rewrite(name: str, text: str, verdicts: list[Verdict]) -> Document:
        judge(name, verdicts)
        return document if text is document.text else replace(document, text=text)

    document = rewrite("characters", *characters(document, settings.characters))
    code, spoken = language(document, settings.language)
    document = replace(document, language=code)
    judge("length", [length(document, settings.length)])
    judge("language", spoken)
    judge("prose", [prose(document, settings.prose)])
    judge("markup", markup(document, settings.markup))
    judge("adult", [adult(document, settings.adult)])
    text = Text(document.id, document.text)
    if not text.spaceless:
        if settings.gopher_repetition.enabled:
            judge("gopher_repetition", gopher_repetition(text, settings.gopher_repetition))
        if settings.gopher_quality.enabled:
            judge("gopher_quality", gopher_quality(text, settings.gopher_quality))
        if settings.c4.enabled:
            document = rewrite("c4", *c4(text, settings.c4))
            text = text if document.text == text.text else Text(document.id, document.text)
        if settings.fineweb.enabled:
            judge("fineweb", fineweb(text, settings.fineweb))
    return document, steps


def clean(documents: pa.Table, settings: CleanSettings) -> Batch:
    """Documents in; documents as the filters leave them, rejects and verdicts out."""
    rows: list[Document] = []
    verdicts: list[list[Verdict]] = []
    for document in from_table(Document, documents):
        cleaned, steps = examine(document, settings)
        rows.append(cleaned)
        verdicts.append([verdict for step in steps for verdict in step.verdicts])
    return judged(Document, rows, verdicts)
