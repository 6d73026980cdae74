"""Parquet files, a row a document, read page by page so that memory does not follow the file."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers import footer
from secondhalf.corpus.readers.arrow import ROWS, columns, rows
from secondhalf.corpus.readers.fields import mapper
from secondhalf.corpus.readers.items import Broken, Read, Refused, Shard
from secondhalf.corpus.readers.stream import opened
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".parquet",)
# A page is decompressed whole. Writers end a dictionary near 1 MB, and text packs three to ten times: what is far beyond
# that is a bomb.
_LARGE, _DENSE, _DICTIONARY = 100_000_000, 200, 10_000_000


Item = TypeVar("Item")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    """Each row's text. Raises Broken where the file is damaged or has no such column."""
    return scan(shard, lambda names: columns(names, settings), mapper(settings))


def scan(
    shard: Shard, choose: Callable[[list[str]], list[str]], mapped: Callable[[Any, str], Item]
) -> Iterator[Item | Refused]:
    """What `mapped` makes of each row and its place. `choose` picks the columns to read from the names of all of them."""
    done = 0
    with opened(shard) as raw:
        try:
            file = pq.ParquetFile(raw, pre_buffer=False, buffer_size=1 << 20)
            groups = footer.row_groups(raw)
            named = choose(file.schema_arrow.names)
            for group in range(file.num_row_groups):
                dense, bomb = _bomb(groups[group], named)
                if bomb:
                    yield Refused(f"{shard.place} row group {group}", bomb)
                    continue
                size = 1 if dense else ROWS
                for batch in file.iter_batches(size, row_groups=[group], columns=named, use_threads=False):
                    yield from rows(batch, shard.place, done + 1, mapped)
                    done += batch.num_rows
                    shard.done = shard.size * done // max(file.metadata.num_rows, 1)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise Broken(f"broken file: {' '.join(str(error).split())[:200]}") from error


def _bomb(group: list[footer.Column], named: list[str]) -> tuple[bool, str]:
    """Whether a column is packed so densely that rows are best read one by one, and the reason if it is a bomb."""
    dense = False
    for column in group:
        # A column of objects or lists is several, named after the field and what is inside it.
        if not any(column.path == name or column.path.startswith(f"{name}.") for name in named):
            continue
        if column.size > max(_LARGE, _DENSE * column.packed):
            return True, f"decompression bomb: {column.size // max(column.packed, 1)} times its size"
        if column.dictionary > _DICTIONARY:
            return True, f"decompression bomb: a dictionary of {column.dictionary} bytes"
        dense = dense or column.size > _DENSE * column.packed
    return dense, ""
