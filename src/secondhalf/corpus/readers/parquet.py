"""Parquet files, a row a document, read page by page so that memory does not follow the file."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers.arrow import BATCH_ROWS, map_batch, wanted_columns
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.footer import ColumnSizes, page_size, row_groups
from secondhalf.corpus.readers.items import BrokenFileError, Mapped, ReadText, Refused, Shard
from secondhalf.corpus.readers.stream import open_shard
from secondhalf.corpus.settings import CorpusSettings

if TYPE_CHECKING:
    from secondhalf.corpus.readers.remote import RemoteFile

SUFFIXES = (".parquet",)
# A page is decompressed whole. Most writers end a dictionary near 1 MB; polars writes one a column and row group, whatever its
# size. Text packs three to ten times: what is far beyond that is a bomb.
_LARGE, _DENSE, _MOST_IN_A_PAGE = 100_000_000, 200, 1 << 29


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text. Raises BrokenFileError where the file is damaged or has no such column."""
    return map_rows(shard, lambda names: wanted_columns(names, settings), row_mapper(settings))


def map_rows(
    shard: Shard, choose_columns: Callable[[list[str]], list[str]], map_row: Callable[[object, str], Mapped]
) -> Iterator[Mapped | Refused]:
    """What `map_row` makes of each row and its location. `choose_columns` picks those to read from the names of all of them.

    A row group that would fill the memory is refused whole. Raises BrokenFileError where the file is damaged.
    """
    rows_read = 0
    with open_shard(shard) as raw:
        try:
            file = pq.ParquetFile(raw, pre_buffer=False, buffer_size=1 << 20)
            groups = row_groups(raw)
            columns = choose_columns(file.schema_arrow.names)
            for group in range(file.num_row_groups):
                if refusal := _bomb(groups[group], columns) or _too_large(raw, groups[group], columns):
                    yield Refused(f"{shard.location} row group {group}", refusal)
                    continue
                size = 1 if _is_dense(groups[group], columns) else BATCH_ROWS
                for batch in file.iter_batches(size, row_groups=[group], columns=columns, use_threads=False):
                    yield from map_batch(batch, shard.location, rows_read + 1, map_row)
                    rows_read += batch.num_rows
                    shard.bytes_read = shard.size * rows_read // max(file.metadata.num_rows, 1)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise BrokenFileError(f"broken file: {' '.join(str(error).split())[:200]}") from error


def _bomb(group: list[ColumnSizes], names: list[str]) -> str:
    """The reason where a column is packed as no honest one is; else empty."""
    for column in _columns_of(group, names):
        if column.size > max(_LARGE, _DENSE * column.compressed):
            return f"decompression bomb: {column.size // max(column.compressed, 1)} times its size"
    return ""


def _is_dense(group: list[ColumnSizes], names: list[str]) -> bool:
    """Whether a column is packed so densely that rows are best read one by one."""
    return any(column.size > _DENSE * column.compressed for column in _columns_of(group, names))


def _too_large(raw: "BinaryIO | RemoteFile", group: list[ColumnSizes], names: list[str]) -> str:
    """The reason where a column's first page, its dictionary mostly, would fill the memory, with what to do; else empty."""
    for column in _columns_of(group, names):
        if (size := page_size(raw, column.start)) > _MOST_IN_A_PAGE:
            return f"large page: {size} bytes of {column.path!r}; write the file with row groups of 10,000 rows"
    return ""


def _columns_of(group: list[ColumnSizes], names: list[str]) -> Iterator[ColumnSizes]:
    """The columns that belong to these fields: of objects or lists several, named after the field and what is inside it."""
    for column in group:
        if any(column.path == name or column.path.startswith(f"{name}.") for name in names):
            yield column
