"""Tables of a stage, read from their files after a look at the checksum.

A file's content goes into Arrow's own memory: bytes of Python's are let go of by whichever of Arrow's threads is the last to use
them, and that aborts a process whose interpreter ends just then.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.store.checksums import DamagedError, check_content


def read_table(folder: Path, path: Path) -> pa.Table:
    """The table of one file of a stage's folder. Raises DamagedError."""
    with _checked(folder, path) as file:
        return file.read()


@contextmanager
def _checked(folder: Path, path: Path) -> Iterator[pq.ParquetFile]:
    try:
        yield pq.ParquetFile(pa.BufferReader(_content(folder, path)))
    except FileNotFoundError as error:
        raise DamagedError(path, "it is missing") from error
    except (pa.ArrowException, OSError) as error:  # a stage of before there were checksums
        raise DamagedError(path, str(error).splitlines()[0]) from error


def _content(folder: Path, path: Path) -> pa.Buffer:
    with path.open("rb") as file:
        buffer = pa.allocate_buffer(os.fstat(file.fileno()).st_size)
        file.readinto(memoryview(buffer))
    check_content(folder, path, memoryview(buffer))
    return buffer
