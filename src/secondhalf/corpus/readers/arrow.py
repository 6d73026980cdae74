"""Rows of Arrow record batches, for the readers whose files hold columns."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from secondhalf.corpus.readers.fields import mapped_fields, repeated_column
from secondhalf.corpus.readers.items import BrokenFileError, Mapped, Refused
from secondhalf.corpus.settings import CorpusSettings

_BYTES = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
BATCH_ROWS = 64  # even where each row is as long as allowed, so many fit into memory


def wanted_columns(names: list[str], settings: CorpusSettings) -> list[str]:
    """The columns to read. Raises BrokenFileError when the text's is not among `names`, naming those that are, and
    when two have the name of one."""
    if settings.field not in names:
        existing = ", ".join(repr(name) for name in names[:20])
        reason = f"no text in the field: there is no {settings.field!r}; there are {existing or 'none'}"
        raise BrokenFileError(reason)
    if reason := repeated_column(names, settings):
        raise BrokenFileError(reason)
    return [name for name in mapped_fields(settings) if name in names]


def map_batch(
    batch: pa.RecordBatch, path: str, start: int, map_row: Callable[[object, str], Mapped]
) -> Iterator[Mapped | Refused]:
    """What `map_row` makes of each row of a batch and its location, PATH:NUMBER; `start` is the number of the first row."""
    names = batch.schema.names
    values = [_values(column) for column in batch.columns]
    for number, row in enumerate(zip(*values, strict=True), start):
        wrong = next((value for value in row if isinstance(value, UnicodeDecodeError)), None)
        if wrong is not None:
            yield Refused(f"{path}:{number}", f"not utf-8: byte {wrong.start}")
        else:
            yield map_row(dict(zip(names, row, strict=True)), f"{path}:{number}")


def validate_batch(batch: pa.RecordBatch) -> None:
    """Raises ArrowInvalid where a column points outside its data, which would end the process when it is read."""
    for column in batch.columns:
        # As bytes: what is not UTF-8 is a matter of its row alone.
        (column.view(_BYTES[column.type]) if column.type in _BYTES else column).validate(full=True)


def _values(column: pa.Array) -> list[object]:
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        # Not UTF-8, which Arrow does not check, or a date beyond Python's: value by value, to know the row.
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError) as error:
        return error
