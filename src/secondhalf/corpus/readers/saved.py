"""A data set that `datasets` saved to disk: its Arrow files, streams or IPC files, read without that package.

Its `state.json` says which files are its data; caches of its functions lie beside them and are none. Where it names a file of
indices (an older way to save a filtered or shuffled data set), the rows are those that it names. A folder with several
splits is read whole; name a split's folder to read that one.
"""

import json
import posixpath
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa

from secondhalf.corpus.readers.arrow import BATCH_ROWS, map_batch, validate_batch, wanted_columns
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard
from secondhalf.corpus.readers.stream import open_shard
from secondhalf.corpus.settings import CorpusSettings

if TYPE_CHECKING:
    from secondhalf.corpus.readers.remote import RemoteFile

SUFFIXES = (".arrow",)
STATE = "state.json"
CACHE = "cache-"  # how names of caches begin, also in folders without a state
_IPC_FILE = b"ARROW1"
_MOST_STATE = 10_000_000  # bytes
_ERRORS = (pa.ArrowException, OSError, ValueError, TypeError, KeyError, IndexError, MemoryError)


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text. Raises BrokenFileError where the file is damaged or has no such column."""
    rows_read, map_row = 0, row_mapper(settings)
    times = _times_of_rows(shard)
    with open_shard(shard) as raw:
        try:
            for batch in _batches(raw, settings):
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    part = batch.slice(start, BATCH_ROWS)
                    first = rows_read + start
                    for number, item in enumerate(map_batch(part, shard.location, first + 1, map_row), first):
                        for _ in range(1 if times is None else times[number]):
                            yield item
                rows_read += batch.num_rows
                shard.bytes_read = raw.tell()
        except _ERRORS as error:
            raise BrokenFileError(f"broken file: {' '.join(str(error).split())[:200]}") from error


def data_files(state: bytes) -> tuple[list[str], list[str]]:
    """The names of the data files and of the files of indices in a `state.json`. Raises ValueError where it is damaged."""
    try:
        value = json.loads(state)
        named = [
            [str(entry["filename"]) for entry in value.get(key) or []] for key in ("_data_files", "_indices_data_files")
        ]
    except (RecursionError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{STATE} is damaged") from error
    return named[0], named[1]


def _batches(raw: "BinaryIO | RemoteFile", settings: CorpusSettings | None) -> Iterator[pa.RecordBatch]:
    """The batches of a stream or an IPC file, checked; with settings, of the columns to read alone."""
    is_file = raw.read(len(_IPC_FILE)) == _IPC_FILE
    raw.seek(0)
    with (pa.ipc.open_file if is_file else pa.ipc.open_stream)(raw) as reader:
        columns = wanted_columns(reader.schema.names, settings) if settings else reader.schema.names
        every = (reader.get_batch(index) for index in range(reader.num_record_batches)) if is_file else iter(reader)
        for all_columns in every:
            batch = all_columns.select(columns)
            validate_batch(batch)
            yield batch


def _times_of_rows(shard: Shard) -> Counter[int] | None:
    """How often the saved data set has each row of a file; None: each once. Raises BrokenFileError for damaged indices."""
    folder, _, name = shard.path.rpartition("/")
    try:
        with open_shard(Shard(STATE, posixpath.join(folder, STATE))) as raw:
            data, indices = data_files(raw.read(_MOST_STATE))
    except (BrokenFileError, ValueError):
        return None  # an Arrow file by itself; a damaged state was refused when the files were listed
    if not indices or name not in data:
        return None
    try:
        before = sum(_rows(folder, other) for other in data[: data.index(name)])
        mine = range(before, before + _rows(folder, name))
        numbers: Iterator[Any] = (row for other in indices for row in _column(folder, other))
        return Counter(number - before for number in numbers if number in mine)
    except _ERRORS as error:
        raise BrokenFileError(f"broken file: its indices: {' '.join(str(error).split())[:200]}") from error


def _rows(folder: str, name: str) -> int:
    with open_shard(Shard(name, posixpath.join(folder, name))) as raw:
        return sum(batch.num_rows for batch in _batches(raw, None))


def _column(folder: str, name: str) -> Iterator[Any]:
    with open_shard(Shard(name, posixpath.join(folder, name))) as raw:
        for batch in _batches(raw, None):
            yield from batch.column(0).to_pylist()
