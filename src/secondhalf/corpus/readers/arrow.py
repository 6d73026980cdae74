"""Rows of Arrow record batches, for the readers whose files hold columns."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pyarrow as pa

from secondhalf.corpus.readers.fields import wanted
from secondhalf.corpus.readers.items import Broken, Refused
from secondhalf.corpus.settings import CorpusSettings

_BYTES = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}
Item = TypeVar("Item")
ROWS = 64  # a batch's rows: even where each of them is as long as allowed, a batch fits into memory


def columns(names: list[str], settings: CorpusSettings) -> list[str]:
    """The columns to read. Raises Broken when the text's is not among them, naming those there are."""
    if settings.field not in names:
        there = ", ".join(repr(name) for name in names[:20])
        raise Broken(f"no text in the field: there is no {settings.field!r}; there are {there or 'none'}")
    return [name for name in wanted(settings) if name in names]


def rows(batch: pa.RecordBatch, place: str, start: int, mapped: Callable[[Any, str], Item]) -> Iterator[Item | Refused]:
    """What `mapped` makes of each row of a batch and its place; `start` is the number of its first one."""
    names = batch.schema.names
    values = [_values(column) for column in batch.columns]
    for number, row in enumerate(zip(*values, strict=True), start):
        wrong = next((value for value in row if isinstance(value, UnicodeDecodeError)), None)
        if wrong is not None:
            yield Refused(f"{place}:{number}", f"not utf-8: byte {wrong.start}")
        else:
            yield mapped(dict(zip(names, row, strict=True)), f"{place}:{number}")


def check(batch: pa.RecordBatch) -> None:
    """Raises ArrowInvalid where a column points outside its data, which would end the process when it is read."""
    for column in batch.columns:
        # As bytes: what is not UTF-8 is a matter of its row alone.
        (column.view(_BYTES[column.type]) if column.type in _BYTES else column).validate(full=True)


def _values(column: pa.Array) -> list[Any]:
    try:
        return list(column.to_pylist())
    except (
        ValueError,
        OverflowError,
    ):  # not UTF-8, which Arrow does not check, or a date beyond Python's: find the row
        return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError) as error:
        return error
