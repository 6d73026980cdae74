"""Every filter over every document; a document goes on when all of them pass it.

Some filters rewrite: what follows them judges the text as they left it. The id stays that of the text as read.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import pyarrow as pa
from pydantic import Field

from secondhalf.clean.adult import AdultSettings, check_adult
from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.characters import CharacterSettings, mend_characters
from secondhalf.clean.duplicates.near import NearDuplicateSettings
from secondhalf.clean.duplicates.passages import PassageSettings
from secondhalf.clean.duplicates.whole_sample import find_duplicates
from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.japanese import JapaneseSettings, check_japanese
from secondhalf.clean.language import LanguageSettings, check_language
from secondhalf.clean.length import LengthSettings, check_length
from secondhalf.clean.markup import MarkupSettings, check_markup
from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.clean.prose import ProseSettings, check_prose
from secondhalf.clean.step import FilterStep
from secondhalf.clean.tokenized_text import TokenizedText
from secondhalf.extensions.path import FunctionPath
from secondhalf.extensions.verdicts import verdicts_of
from secondhalf.rows import Document, Verdict, from_table, partition_by_verdicts
from secondhalf.settings import Decides, Once, Settings
from secondhalf.store.mapper import ShardTables

# 4: reasons say what was measured, the limit and its field.
CLEAN_VERSION = (4,)
FILTERS_FIELD = "clean.filters"
"""The recipe's field that names users' filters."""


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

    filters: Annotated[list[FunctionPath], Once, Decides("run")] = Field([])
    """Filters of your own, after those above: my_module:function, each a function from a Document (secondhalf.rows: id, text,
    source, url, licence, language) to a Verdict (passed, score, reason and where in the text) or a list of them. A document on
    which one raises is refused."""

    # What only the whole sample shows; the other filters look at one document.
    near_duplicates: Annotated[NearDuplicateSettings, Decides("run", "deduplicate")] = NearDuplicateSettings()
    """Documents that repeat another one of the sample."""

    passages: Annotated[PassageSettings, Decides("run", "deduplicate")] = PassageSettings()
    """Documents of which too much stands in another one of the sample."""


def examine_document(document: Document, settings: CleanSettings) -> tuple[Document, list[FilterStep]]:
    """One document through every filter: as it leaves them, and each step. Every filter judges it, also after one refused it."""
    s = settings
    steps: list[FilterStep] = []

    def judge(name: str, verdicts: Sequence[Verdict]) -> None:
        steps.append(FilterStep(name, document.text, verdicts, getattr(s, name)))

    def rewrite(name: str, text: str, verdicts: Sequence[Verdict]) -> Document:
        judge(name, verdicts)
        return document if text == document.text else replace(document, text=text)

    document = rewrite("characters", *mend_characters(document, s.characters))
    code, verdicts = check_language(document, s.language)
    document = replace(document, language=code)
    judge("length", [check_length(document, s.length)])
    judge("language", verdicts)
    judge("prose", [check_prose(document, s.prose)])
    judge("markup", check_markup(document, s.markup))
    judge("adult", [check_adult(document, s.adult)])
    text = TokenizedText(document.id, document.text)
    if text.spaceless:
        judge("japanese", check_japanese(document, s.japanese))
    else:
        if s.gopher_repetition.enabled:
            judge("gopher_repetition", check_gopher_repetition(text, s.gopher_repetition))
        if s.gopher_quality.enabled:
            judge("gopher_quality", check_gopher_quality(text, s.gopher_quality))
        if s.c4.enabled:
            document = rewrite("c4", *apply_c4(text, s.c4))
        if s.fineweb.enabled:
            text = text if text.text == document.text else TokenizedText(text.id, document.text)
            judge("fineweb", check_fineweb(text, s.fineweb))
    document = rewrite("personal", *mask_personal(document, s.personal))
    steps += [FilterStep(path, document.text, verdicts_of(document, path, FILTERS_FIELD)) for path in s.filters]
    return document, steps


def clean_documents(documents: pa.Table, settings: CleanSettings) -> ShardTables:
    """Documents in; documents as the filters leave them, rejects and verdicts out.

    >>> import secondhalf
    >>> from secondhalf.rows import Document, to_table
    >>> texts = ["Too short.", "The river rose in March, and the road along it was closed. " * 30]
    >>> documents = to_table(Document, [Document(str(n), text, "by hand") for n, text in enumerate(texts)])
    >>> cleaned, rejects, verdicts = secondhalf.clean_documents(documents, secondhalf.Recipe().clean)
    >>> for reason in rejects.column("reason").to_pylist():
    ...     print(reason)
    too short: 2, at least 50 wanted (clean.length.min_words)
    repeated n-grams: 0.24, at most 0.18 allowed (clean.gopher_repetition.max_top_ngram.3)
    """
    rows: list[Document] = []
    verdicts: list[list[Verdict]] = []
    for document in from_table(Document, documents):
        cleaned, steps = examine_document(document, settings)
        rows.append(cleaned)
        verdicts.append([verdict for step in steps for verdict in step.verdicts])
    return partition_by_verdicts(Document, rows, verdicts)


def drop_duplicates(documents: pa.Table, settings: CleanSettings) -> ShardTables:
    """The documents of the whole sample in; those that repeat no other one, rejects and verdicts out.

    >>> import secondhalf
    >>> from secondhalf.rows import Document, to_table
    >>> text = "In April the farmers mended the dykes, sowed late, and hoped that the summer would be dry. " * 5
    >>> documents = to_table(Document, [Document("a", text, "by hand"), Document("b", text + "It was.", "by hand")])
    >>> kept, rejects, verdicts = secondhalf.drop_duplicates(documents, secondhalf.Recipe().clean)
    >>> kept.num_rows, rejects.num_rows
    (1, 1)
    """
    duplicates = find_duplicates(lambda: documents, settings.near_duplicates, settings.passages)
    results = (duplicates.rows, duplicates.rejects, duplicates.verdicts)
    rows, rejects, verdicts = (pa.concat_tables(result([documents])) for result in results)
    return rows, rejects, verdicts
