"""JSON Lines, plain or compressed: an object a line, the text in one field."""

from collections.abc import Callable, Iterator
from json import JSONDecoder

from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.items import Mapped, ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_blocks, split_lines
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".jsonl", ".ndjson")
_BOM, _MARK = b"\xef\xbb\xbf", "\ufeff"


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each line's text. A line that is too long, not UTF-8, not JSON or without a text is refused, naming file and line."""
    return map_rows(shard, settings.max_document_bytes, row_mapper(settings))


def map_rows(shard: Shard, max_bytes: int, map_row: Callable[[object, str], Mapped]) -> Iterator[Mapped | Refused]:
    """What `map_row` makes of each line's value and location; a line of over `max_bytes`, or no JSON, is refused.

    Raises BrokenFileError where the file is damaged.
    """
    decode = JSONDecoder().raw_decode
    path = f"{shard.location}:"
    for number, raw in enumerate(split_lines(read_blocks(shard), max_bytes), 1):
        if number == 1 and raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            yield Refused(f"{path}1", "not utf-8: the file is UTF-16", excerpt(raw))
            return
        # Files that were put together have a byte order mark where each of them began.
        line = raw.strip()
        while line.startswith(_BOM):
            line = line.removeprefix(_BOM).strip()
        if not line:
            continue
        location = f"{path}{number}"
        if len(raw) > max_bytes:
            yield Refused(location, f"too long: over {max_bytes} bytes", excerpt(line))
            continue
        try:
            text = line.decode()
            row, end = decode(text)
            while text[end : end + 1] == _MARK:  # the file before had no last line end
                yield map_row(row, location)
                text = text[end:].lstrip(_MARK)
                row, end = decode(text)
            if end != len(text):
                yield Refused(location, f"not json: something follows the value at character {end}", excerpt(line))
                continue
        except UnicodeDecodeError as error:
            yield Refused(location, f"not utf-8: byte {error.start}", excerpt(line))
        except (ValueError, RecursionError) as error:
            problem = "too deeply nested" if isinstance(error, RecursionError) else str(error)
            yield Refused(location, f"not json: {problem}", excerpt(line))
        else:
            yield map_row(row, location)
