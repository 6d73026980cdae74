"""A data set that `datasets` saved to disk: its Arrow files, read without that package.

A folder with several splits is read whole; name a split's folder to read that one.
"""

from collections.abc import Iterator

import pyarrow as pa

from secondhalf.corpus.readers.arrow import ROWS, check, columns, rows
from secondhalf.corpus.readers.fields import mapper
from secondhalf.corpus.readers.items import Broken, Read, Refused, Shard
from secondhalf.corpus.readers.stream import opened
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".arrow",)


def read(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    """Each row's text. Raises Broken where the file is damaged or has no such column."""
    done, mapped = 0, mapper(settings)
    with opened(shard) as raw:
        try:
            with pa.ipc.open_stream(raw) as batches:
                named = columns(batches.schema.names, settings)
                for whole in batches:
                    batch = whole.select(named)
                    check(batch)
                    for start in range(0, batch.num_rows, ROWS):
                        yield from rows(batch.slice(start, ROWS), shard.place, done + start + 1, mapped)
                    done += batch.num_rows
                    shard.done = raw.tell()
        except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError) as error:
            raise Broken(f"broken file: {' '.join(str(error).split())[:200]}") from error
