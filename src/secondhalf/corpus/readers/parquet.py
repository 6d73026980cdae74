"""Parquet files, a row a document, read page by page so that memory does not follow the file."""

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers.arrow import BATCH_ROWS, map_batch, wanted_columns
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.footer import ColumnSizes, row_groups
from secondhalf.corpus.readers.items import BrokenFileError, Mapped, ReadText, Refused, Shard
from secondhalf.corpus.readers.stream import open_shard
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".parquet",)
# A page is decompressed whole. Writers end a dictionary near 1 MB, and text packs three to ten times: what is far beyond
# that is a bomb.
_LARGE, _DENSE, _DICTIONARY = 100_000_000, 200, 10_000_000


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
                dense, bomb = _bomb(groups[group], columns)
                if bomb:
                    yield Refused(f"{shard.location} row group {group}", bomb)
                    continue
                size = 1 if dense else BATCH_ROWS
                for batch in file.iter_batches(size, row_groups=[group], columns=columns, use_threads=False):
                    yield from map_batch(batch, shard.location, rows_read + 1, map_row)
                    rows_read += batch.num_rows
                    shard.bytes_read = shard.size * rows_read // max(file.metadata.num_rows, 1)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise BrokenFileError(f"broken file: {' '.join(str(error).split())[:200]}") from error


def _bomb(group: list[ColumnSizes], names: list[str]) -> tuple[bool, str]:
    """Whether a column is packed so densely that rows are best read one by one, and the reason if it is a bomb."""
    dense = False
    for column in group:
        # A column of objects or lists is several, named after the field and what is inside it.
        if not any(column.path == name or column.path.startswith(f"{name}.") for name in names):
            continue
        if column.size > max(_LARGE, _DENSE * column.compressed):
            return True, f"decompression bomb: {column.size // max(column.compressed, 1)} times its size"
        if column.dictionary > _DICTIONARY:
            return True, f"decompression bomb: a dictionary of {column.dictionary} bytes"
        dense = dense or column.size > _DENSE * column.compressed
    return dense, ""
