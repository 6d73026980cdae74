"""Reads shards and keeps of them the sample and the refusals: what one process does, on all shards or on its own.

A text's rank is a hash of itself and the seed: XXH3, 128 bits, which costs a twentieth of the SHA-256 that makes its id.
So only what enters the sample is given an id, and passing a text over costs less than reading it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from xxhash import xxh3_128_digest

from secondhalf.corpus.best import BestRows
from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import EXCERPT, BrokenFileError, ReadText, Refused, Shard, printable
from secondhalf.corpus.sections import cut_sections
from secondhalf.corpus.settings import CorpusSettings

MAX_KEPT_REFUSALS = (
    10_000  # refused rows that are kept with an excerpt, in turn from each reason; all of them are counted
)
PROGRESS_EVERY = 512  # documents
_ABOVE_EVERY_RANK = b"\xff" * 17


class Section(NamedTuple):
    """A part of a text that was cut into sections: the row it is from, and its number in it."""

    text: str
    item: ReadText
    number: int


SampleCandidate = ReadText | Section
"""A text that may enter the sample; in one corpus all are cut or none is."""


@dataclass(slots=True)
class ScanResult:
    """The best rows, the refusals and the counts so far. rows = sampled + their further copies + refused + not sampled."""

    best: BestRows[SampleCandidate]
    refused: BestRows[Refused] = field(default_factory=lambda: BestRows(MAX_KEPT_REFUSALS))
    reasons: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    """What plain texts were in, where the form of their files does not say it."""
    rows: int = 0
    documents: int = 0

    def merge(self, other: "ScanResult") -> None:
        """Adds the result of another process."""
        self.best.merge(other.best)
        self.refused.merge(other.refused)
        self.reasons.update(other.reasons)
        self.encodings.update(other.encodings)
        self.rows += other.rows
        self.documents += other.documents

    def refuse(self, item: Refused) -> None:
        """Counts a refused row, and keeps it while fewer than MAX_KEPT_REFUSALS rank before it."""
        reason = item.reason.partition(":")[0]
        self.rows += 1
        self.reasons[reason] += 1
        rank = xxh3_128_digest(item.location.encode("utf-8", "backslashreplace"))
        if rank < self.refused.bounds.get(reason, _ABOVE_EVERY_RANK):
            self.refused.add(reason, rank, item)


def scan_shard(
    shard: Shard, settings: CorpusSettings, seed: int, result: ScanResult, report: Callable[[ScanResult], None]
) -> None:
    """Reads one shard into `result`; what cannot be read becomes a refusal. Calls `report` every PROGRESS_EVERY documents.

    Raises UserError when a network fails or a reader's package is missing.
    """
    add_text, words, limit = _text_adder(settings, seed, result), settings.section_words, settings.scan_limit
    for item in _read_shard(shard, settings):
        if result.documents == limit:
            return
        result.documents += 1
        if result.documents % PROGRESS_EVERY == 0:
            report(result)
        if isinstance(item, Refused):
            result.refuse(item)
            continue
        if item.encoding:
            result.encodings[item.encoding] += 1
        if words is None or not item.text.strip():
            add_text(item, item.text, 0)
        else:
            for number, section in enumerate(cut_sections(item.text, words)):
                add_text(item, section, number)


def _text_adder(settings: CorpusSettings, seed: int, result: ScanResult) -> Callable[[ReadText, str, int], None]:
    """The function that is called with every text: this is where a scan spends its time."""
    bounds, weights, longest = result.best.bounds, result.best.weights, settings.max_document_bytes
    group_of, seed, words = _grouping(settings), seed % 2**64, settings.section_words

    def add_text(item: ReadText, text: str, number: int) -> None:
        try:
            data = text.encode()
        except UnicodeEncodeError:
            return refuse(item, text, number, "lone surrogate")
        if not text or text.isspace():
            return refuse(item, text, number, "empty text")
        if b"\0" in data:
            return refuse(item, text, number, "nul character")
        if len(data) > longest:
            return refuse(item, text, number, f"too long: over {longest} bytes")
        result.rows += 1
        rank = xxh3_128_digest(data, seed)
        group = group_of(item, text) if group_of else ""
        if rank < bounds.get(group, _ABOVE_EVERY_RANK) and (not weights or group in weights):
            result.best.add(group, rank, Section(text, item, number) if words else item)

    def refuse(item: ReadText, text: str, number: int, reason: str) -> None:
        result.refuse(Refused(f"{item.location}#{number}", reason, printable(text[:EXCERPT])))

    return add_text


def _read_shard(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    try:
        yield from READERS[settings.reader](shard, settings)
    except BrokenFileError as broken:
        yield Refused(shard.location, str(broken))


def _grouping(settings: CorpusSettings) -> Callable[[ReadText, str], str] | None:
    if settings.per is None:
        return None
    if settings.per == "source":
        return lambda item, text: item.source or settings.reader
    from secondhalf.text.language import detect

    return lambda item, text: item.language or detect(text[:4000])[0]
