"""Reads shards and keeps of them the sample and the refusals: what one process does, on all shards or on its own.

A row is either among the best by the hash of its id and the seed, or it is passed over at the cost of two hashes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from secondhalf.corpus.best import Best, Entry
from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import EXCERPT, Broken, Read, Refused, Shard, printable
from secondhalf.corpus.sections import sections
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.rows import Document, digest

REJECTS = 10_000  # refused rows that are kept with an excerpt, in turn from each reason; all of them are counted
TICK = 512  # documents between two looks at the progress
_LAST = b"\xff" * 17


@dataclass(slots=True)
class Found:
    """What was found so far. rows = sampled + refused + further copies of the sampled + not sampled."""

    best: Best
    refused: Best = field(default_factory=lambda: Best(REJECTS))
    reasons: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    documents: int = 0

    def merge(self, other: "Found") -> None:
        """Takes what another process found."""
        self.best.merge(other.best)
        self.refused.merge(other.refused)
        self.reasons.update(other.reasons)
        self.rows += other.rows
        self.documents += other.documents

    def refuse(self, item: Refused, source: str) -> None:
        """Counts a refused row, and keeps it where there is room."""
        reason = item.reason.partition(":")[0]
        self.rows += 1
        self.reasons[reason] += 1
        row = Document(digest("refused", item.place), item.excerpt[:EXCERPT], source, printable(item.place))
        rank = row.id.encode()
        if rank < self.refused.bounds.get(reason, _LAST * 2):
            self.refused.add(reason, Entry(rank, row, printable(item.reason)[:EXCERPT]))


def scan(shard: Shard, settings: CorpusSettings, seed: int, found: Found, tick: Callable[[Found], None]) -> None:
    """Reads one shard into `found`; what cannot be read becomes a refusal."""
    bounds, weights = found.best.bounds, found.best.weights
    group_of = _grouping(settings)
    # The same hashes as rows.digest(text) and rows.digest(str(seed), id), without building them up each time.
    start, place = sha256(), sha256(_sized(str(seed).encode()) + (32).to_bytes(8, "big"))
    for item in _items(shard, settings):
        if found.documents == settings.scan_limit:
            return
        found.documents += 1
        if found.documents % TICK == 0:
            tick(found)
        if isinstance(item, Refused):
            found.refuse(item, settings.reader)
            continue
        for number, text in _cut(item.text, settings.section_words):
            try:
                data = text.encode()
            except UnicodeEncodeError:
                found.refuse(
                    Refused(f"{item.place}#{number}", "lone surrogate", printable(text[:EXCERPT])), settings.reader
                )
                continue
            if wrong := _wrong(data, settings.max_document_bytes):
                found.refuse(Refused(f"{item.place}#{number}", wrong, printable(text[:EXCERPT])), settings.reader)
                continue
            found.rows += 1
            sha = start.copy()
            sha.update(len(data).to_bytes(8, "big"))
            sha.update(data)
            row = sha.hexdigest()[:32]
            sha = place.copy()
            sha.update(row.encode())
            rank = sha.digest()
            group = group_of(item, text) if group_of else ""
            if rank < bounds.get(group, _LAST * 2) and (group in weights or not weights):
                found.best.add(group, Entry(rank, _document(row, text, item, number, settings, group)))


def _items(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    try:
        yield from READERS[settings.reader](shard, settings)
    except Broken as broken:
        yield Refused(shard.place, str(broken))


def _cut(text: str, words: int | None) -> Iterator[tuple[int, str]]:
    return enumerate([text] if words is None or not text.strip() else sections(text, words))


def _wrong(data: bytes, limit: int) -> str:
    if not data or data.isspace():
        return "empty text"
    if b"\0" in data:
        return "nul character"
    return f"too long: over {limit} bytes" if len(data) > limit else ""


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(8, "big") + data


def _grouping(settings: CorpusSettings) -> Callable[[Read, str], str] | None:
    if settings.per is None:
        return None
    if settings.per == "source":
        return lambda item, text: item.source or settings.reader
    from secondhalf.language import detect

    return lambda item, text: item.language or detect(text[:4000])[0]


def _document(row: str, text: str, item: Read, number: int, settings: CorpusSettings, group: str) -> Document:
    """The row as it goes on. What a row says of itself may hold anything, so it is made printable."""
    language = group if settings.per == "language" else item.language
    told = (
        item.source or settings.reader,
        f"{item.url or item.place}#{number}",
        item.licence or settings.licence,
        language,
    )
    return Document(row, text, *(printable(value) for value in told))
