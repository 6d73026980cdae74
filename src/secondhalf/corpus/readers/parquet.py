"""Parquet files, a row a document, read page by page so that memory does not follow the file."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers.arrow import ROWS, columns, rows
from secondhalf.corpus.readers.items import Broken, Read, Refused, Shard
from secondhalf.corpus.readers.stream import opened
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".parquet",)
# A page is decompressed whole. Writers end a dictionary near 1 MB, and text packs three to ten times: what is far beyond
# that is a bomb.
_LARGE, _DENSE, _DICTIONARY = 100_000_000, 200, 10_000_000


def read(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    """Each row's text. Raises Broken where the file is damaged or has no such column."""
    done = 0
    with opened(shard) as raw:
        try:
            file = pq.ParquetFile(raw, pre_buffer=False, buffer_size=1 << 20)
            named = columns(file.schema_arrow.names, settings)
            for group in range(file.num_row_groups):
                dense, bomb = _bomb(file.metadata.row_group(group), settings.field)
                if bomb:
                    yield Refused(f"{shard.place} row group {group}", bomb)
                    continue
                size = 1 if dense else ROWS
                for batch in file.iter_batches(size, row_groups=[group], columns=named, use_threads=False):
                    yield from rows(batch, shard.place, done + 1, settings)
                    done += batch.num_rows
                    shard.done = shard.size * done // max(file.metadata.num_rows, 1)
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
            raise Broken(f"broken file: {' '.join(str(error).split())[:200]}") from error


def _bomb(group: pq.RowGroupMetaData, field: str) -> tuple[bool, str]:
    """Whether the column is packed so densely that rows are best read one by one, and the reason if it is a bomb."""
    dense = False
    for column in (group.column(index) for index in range(group.num_columns)):
        if column.path_in_schema.partition(".")[0] != field:
            continue
        size, packed = column.total_uncompressed_size, max(column.total_compressed_size, 1)
        if size > _LARGE and size > _DENSE * packed:
            return True, f"decompression bomb: {size // packed} times its size"
        start = column.dictionary_page_offset
        if start is not None and column.data_page_offset - start > _DICTIONARY:
            return True, f"decompression bomb: a dictionary of {column.data_page_offset - start} bytes"
        dense = dense or size > _DENSE * packed
    return dense, ""
