"""Tables of a stage and the files they stand in.

A large table is written a row group at a time and can be read so, which bounds the memory that either takes. Files are read after
a look at their checksum, into Arrow's own memory: bytes of Python's are let go of by whichever of Arrow's threads is the last to
use them, and that aborts a process whose interpreter ends just then.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.store.checksums import DamagedError, check_content, check_file, to_read
from secondhalf.store.faults import place_fault
from secondhalf.store.files import PRIVATE

# The most that a row group holds.
_ROWS, _BYTES = 100_000, 1 << 27
_SLICE = 1000
_WHOLE = 1 << 27
"""Bytes of a file from which on it is not held whole where its rows are wanted a few at a time."""


def write_table(path: Path, tables: Iterable[pa.Table]) -> None:
    """Writes tables of one schema, at least one, into one file. Raises OSError.

    The bytes depend on the rows alone, and not on how they are divided into tables.
    """
    groups = _row_groups(tables)
    first = next(groups)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for group in groups:
            writer.write_table(group)


def read_table(folder: Path, path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The table of one file of a stage's folder, or some of its columns. Raises DamagedError."""
    with _checked(folder, path) as file:
        return file.read(columns)


def read_batches(folder: Path, path: Path, rows: int) -> Iterator[pa.Table]:
    """The same in tables of at most `rows` rows, one at least. Raises DamagedError."""
    with _checked(folder, path, in_pieces=True) as file:
        if not file.metadata.num_rows:
            yield file.schema_arrow.empty_table()
        for batch in file.iter_batches(rows):
            yield pa.Table.from_batches([batch])


def resliced(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Their rows in tables of `rows` each, the last one shorter; of no rows at all one empty table."""
    held: list[pa.Table] = []
    count, any_full = 0, False
    for table in tables:
        start = 0
        while count + table.num_rows - start >= rows:
            yield pa.concat_tables([*held, table.slice(start, rows - count)])
            any_full, start = True, start + rows - count
            held, count = [], 0
        # An empty one is held too: it has the schema.
        if start < table.num_rows or not (held or any_full):
            held.append(table.slice(start))
            count += table.num_rows - start
    if held and (count or not any_full):
        yield pa.concat_tables(held)


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    rows = size = 0
    for piece in resliced(tables, _SLICE):
        whole = piece.combine_chunks()
        if held and (rows + whole.num_rows > _ROWS or size + whole.nbytes > _BYTES):
            yield pa.concat_tables(held).combine_chunks()
            held, rows, size = [], 0, 0
        held.append(whole)
        rows, size = rows + whole.num_rows, size + whole.nbytes
    yield pa.concat_tables(held).combine_chunks()


def mapped_table(path: Path, tables: Iterable[pa.Table]) -> pa.Table:
    """The tables, of one schema and at least one, as one that stands on the disk: the system holds of it what is looked at.

    `path` is the name of its file until it is written; the disk's room is free again when the table is let go of. Raises
    UserError where it cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE[1]), "wb") as file:
            pieces = iter(tables)
            first = next(pieces)
            with pa.ipc.new_file(file, first.schema) as writer:
                writer.write_table(first)
                for piece in pieces:
                    writer.write_table(piece)
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except OSError as error:
        raise place_fault(path, error) from error
    finally:
        path.unlink(missing_ok=True)
    return table


@contextmanager
def _checked(folder: Path, path: Path, *, in_pieces: bool = False) -> Iterator[pq.ParquetFile]:
    """`in_pieces`: a large file is not held in memory, but read a row group at a time after all of it was looked through."""
    try:
        if not in_pieces or path.stat().st_size < _WHOLE:
            yield pq.ParquetFile(pa.BufferReader(_content(folder, path)))
            return
        check_file(folder, path)
        with pq.ParquetFile(path, pre_buffer=False) as file:
            yield file
    except FileNotFoundError as error:
        raise DamagedError(path, "it is missing") from error
    except (pa.ArrowException, OSError) as error:  # a stage of before there were checksums
        raise DamagedError(path, str(error).splitlines()[0]) from error


def _content(folder: Path, path: Path) -> pa.Buffer:
    with to_read(path).open("rb") as file:
        buffer = pa.allocate_buffer(os.fstat(file.fileno()).st_size)
        file.readinto(memoryview(buffer))
    check_content(folder, path, memoryview(buffer))
    return buffer
