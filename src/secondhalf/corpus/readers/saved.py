"""A data set that `datasets` saved to disk: its Arrow files, read without that package.

A folder with several splits is read whole; name a split's folder to read that one.
"""

from collections.abc import Iterator

import pyarrow as pa

from secondhalf.corpus.readers.arrow import BATCH_ROWS, map_batch, validate_batch, wanted_columns
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard
from secondhalf.corpus.readers.stream import open_shard
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".arrow",)


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text. Raises BrokenFileError where the file is damaged or has no such column."""
    rows_read, map_row = 0, row_mapper(settings)
    with open_shard(shard) as raw:
        try:
            with pa.ipc.open_stream(raw) as batches:
                columns = wanted_columns(batches.schema.names, settings)
                for all_columns in batches:
                    batch = all_columns.select(columns)
                    validate_batch(batch)
                    for start in range(0, batch.num_rows, BATCH_ROWS):
                        part = batch.slice(start, BATCH_ROWS)
                        yield from map_batch(part, shard.location, rows_read + start + 1, map_row)
                    rows_read += batch.num_rows
                    shard.bytes_read = raw.tell()
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise BrokenFileError(f"broken file: {' '.join(str(error).split())[:200]}") from error
