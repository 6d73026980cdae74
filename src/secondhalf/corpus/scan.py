"""Reads shards and keeps of them the sample and the refusals: what one process does, on all shards or on its own.

A text's rank is a hash of itself and the seed: XXH3, 128 bits, which costs a twentieth of the SHA-256 that makes its id.
So only what enters the sample is given an id, and passing a text over costs less than reading it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from xxhash import xxh3_128_digest

from secondhalf.corpus.best import Best
from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import EXCERPT, Broken, Read, Refused, Shard, printable
from secondhalf.corpus.sections import sections
from secondhalf.corpus.settings import CorpusSettings

REJECTS = 10_000  # refused rows that are kept with an excerpt, in turn from each reason; all of them are counted
TICK = 512  # documents between two looks at the progress
_LAST = b"\xff" * 17  # above every rank


class Taken(NamedTuple):
    """A text that is a candidate for the sample: the row it is from, and its number in it where that was cut."""

    text: str
    item: Read
    number: int


@dataclass(slots=True)
class Found:
    """What was found so far. rows = sampled + refused + further copies of the sampled + not sampled."""

    best: Best[Taken]
    refused: Best[Refused] = field(default_factory=lambda: Best(REJECTS))
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

    def refuse(self, item: Refused) -> None:
        """Counts a refused row, and keeps it where there is room."""
        reason = item.reason.partition(":")[0]
        self.rows += 1
        self.reasons[reason] += 1
        rank = xxh3_128_digest(item.place.encode("utf-8", "backslashreplace"))
        if rank < self.refused.bounds.get(reason, _LAST):
            self.refused.add(reason, rank, item)


def scan(shard: Shard, settings: CorpusSettings, seed: int, found: Found, tick: Callable[[Found], None]) -> None:
    """Reads one shard into `found`; what cannot be read becomes a refusal."""
    take, words, limit = _taker(settings, seed, found), settings.section_words, settings.scan_limit
    for item in _items(shard, settings):
        if found.documents == limit:
            return
        found.documents += 1
        if found.documents % TICK == 0:
            tick(found)
        if isinstance(item, Refused):
            found.refuse(item)
        elif words is None or not item.text.strip():
            take(item, item.text, 0)
        else:
            for number, section in enumerate(sections(item.text, words)):
                take(item, section, number)


def _taker(settings: CorpusSettings, seed: int, found: Found) -> Callable[[Read, str, int], None]:
    """What is done with every text: this is where a scan spends its time."""
    bounds, weights, longest = found.best.bounds, found.best.weights, settings.max_document_bytes
    group_of, seed = _grouping(settings), seed % 2**64

    def take(item: Read, text: str, number: int) -> None:
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
        found.rows += 1
        rank = xxh3_128_digest(data, seed)
        group = group_of(item, text) if group_of else ""
        if rank < bounds.get(group, _LAST) and (not weights or group in weights):
            found.best.add(group, rank, Taken(text, item, number))

    def refuse(item: Read, text: str, number: int, reason: str) -> None:
        found.refuse(Refused(f"{item.place}#{number}", reason, printable(text[:EXCERPT])))

    return take


def _items(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    try:
        yield from READERS[settings.reader](shard, settings)
    except Broken as broken:
        yield Refused(shard.place, str(broken))


def _grouping(settings: CorpusSettings) -> Callable[[Read, str], str] | None:
    if settings.per is None:
        return None
    if settings.per == "source":
        return lambda item, text: item.source or settings.reader
    from secondhalf.text.language import detect

    return lambda item, text: item.language or detect(text[:4000])[0]
