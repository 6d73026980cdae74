"""Every filter over every document; a document goes on when all of them pass it.

Some filters rewrite: what follows them judges the text as they left it. The id stays that of the text as read.
"""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from secondhalf.clean.adult import AdultSettings, adult
from secondhalf.clean.c4 import C4Settings, c4
from secondhalf.clean.characters import CharacterSettings, characters
from secondhalf.clean.duplicates.near import NearDuplicateSettings, near_duplicates
from secondhalf.clean.duplicates.passages import PassageSettings, passages
from secondhalf.clean.fineweb import FineWebSettings, fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, gopher_repetition
from secondhalf.clean.japanese import JapaneseSettings, japanese
from secondhalf.clean.language import LanguageSettings, language
from secondhalf.clean.length import LengthSettings, length
from secondhalf.clean.markup import MarkupSettings, markup
from secondhalf.clean.personal import PersonalSettings, personal
from secondhalf.clean.prose import ProseSettings, prose
from secondhalf.clean.step import FilterStep
from secondhalf.clean.text import Text
from secondhalf.rows import Document, Verdict, from_table, partition_by_verdicts
from secondhalf.settings import Settings
from secondhalf.store.mapper import Batch

CLEAN_VERSION = 2


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

    japanese: JapaneseSettings = JapaneseSettings()
    """The profile of Japanese and Chinese texts, in the place of the four above."""

    personal: PersonalSettings = PersonalSettings()
    """Personal data: masked, or a reason to refuse."""

    near_duplicates: NearDuplicateSettings = NearDuplicateSettings()
    """Documents that repeat another one of the sample."""

    passages: PassageSettings = PassageSettings()
    """Documents of which too much stands in another one of the sample."""


# What only the whole sample shows; the other filters look at one document.
WHOLE_SAMPLE = frozenset({"near_duplicates", "passages"})


def examine_document(document: Document, settings: CleanSettings) -> tuple[Document, list[FilterStep]]:
    """One document through every filter: as it leaves them, and each step. No filter is spared when one refuses."""
    s = settings
    steps: list[FilterStep] = []

    def judge(name: str, verdicts: Sequence[Verdict]) -> None:
        steps.append(FilterStep(name, document.text, verdicts, getattr(s, name)))

    def rewrite(name: str, text: str, verdicts: Sequence[Verdict]) -> Document:
        judge(name, verdicts)
        return document if text == document.text else replace(document, text=text)

    document = rewrite("characters", *characters(document, s.characters))
    code, spoken = language(document, s.language)
    document = replace(document, language=code)
    judge("length", [length(document, s.length)])
    judge("language", spoken)
    judge("prose", [prose(document, s.prose)])
    judge("markup", markup(document, s.markup))
    judge("adult", [adult(document, s.adult)])
    text = Text(document.id, document.text)
    if text.spaceless:
        judge("japanese", japanese(document, s.japanese))
    else:
        if s.gopher_repetition.enabled:
            judge("gopher_repetition", gopher_repetition(text, s.gopher_repetition))
        if s.gopher_quality.enabled:
            judge("gopher_quality", gopher_quality(text, s.gopher_quality))
        if s.c4.enabled:
            document = rewrite("c4", *c4(text, s.c4))
        if s.fineweb.enabled:
            judge("fineweb", fineweb(text if text.text == document.text else Text(text.id, document.text), s.fineweb))
    document = rewrite("personal", *personal(document, s.personal))
    return document, steps


def clean_documents(documents: pa.Table, settings: CleanSettings) -> Batch:
    """Documents in; documents as the filters leave them, rejects and verdicts out."""
    rows: list[Document] = []
    verdicts: list[list[Verdict]] = []
    for document in from_table(Document, documents):
        cleaned, steps = examine_document(document, settings)
        rows.append(cleaned)
        verdicts.append([verdict for step in steps for verdict in step.verdicts])
    return partition_by_verdicts(Document, rows, verdicts)


def drop_duplicates(documents: pa.Table, settings: CleanSettings) -> Batch:
    """The documents of the whole sample in; those that repeat no other one, rejects and verdicts out."""
    rows = from_table(Document, documents)
    alike = near_duplicates(rows, settings.near_duplicates)
    shared = passages(rows, settings.passages)
    return partition_by_verdicts(Document, rows, [list(pair) for pair in zip(alike, shared, strict=True)])
