"""JSON Lines, plain or compressed: an object a line, the text in one field."""

from collections.abc import Callable, Iterator
from json import JSONDecoder
from typing import Any, TypeVar

from secondhalf.corpus.readers.fields import mapper
from secondhalf.corpus.readers.items import Read, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import blocks, lines
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".jsonl", ".ndjson")
_BOM = b"\xef\xbb\xbf"
Item = TypeVar("Item")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    """Each line's text. A line that is too long, not UTF-8, not JSON or without a text is refused, naming file and line."""
    return rows(shard, settings.max_document_bytes, mapper(settings))


def rows(shard: Shard, limit: int, mapped: Callable[[Any, str], Item]) -> Iterator[Item | Refused]:
    """What `mapped` makes of each line's value and place; a line of more than `limit` bytes or no JSON is refused."""
    decode = JSONDecoder().raw_decode
    start = f"{shard.place}:"
    for number, raw in enumerate(lines(blocks(shard), limit), 1):
        if number == 1 and raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            yield Refused(f"{start}1", "not utf-8: the file is UTF-16", excerpt(raw))
            return
        line = (raw.removeprefix(_BOM) if number == 1 else raw).strip()
        if not line:
            continue
        place = f"{start}{number}"
        if len(raw) > limit:
            yield Refused(place, f"too long: over {limit} bytes", excerpt(line))
            continue
        try:
            text = line.decode()
            row, end = decode(text)
            if end != len(text):
                yield Refused(place, f"not json: something follows the value at character {end}", excerpt(line))
                continue
        except UnicodeDecodeError as error:
            yield Refused(place, f"not utf-8: byte {error.start}", excerpt(line))
        except (ValueError, RecursionError) as error:
            told = "too deeply nested" if isinstance(error, RecursionError) else str(error)
            yield Refused(place, f"not json: {told}", excerpt(line))
        else:
            yield mapped(row, place)
