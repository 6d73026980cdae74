"""A column of strings as a sequence: what stays in memory is Arrow's table, and a string lives as long as it is looked at."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.clean.duplicates.fold import Indices

_AT_A_TIME = 1000


class StringColumn(Sequence[str]):
    """The strings of a column without nulls. A million of them as Python's own would take a hundred megabytes more."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._column = column

    @cached_property
    def lengths(self) -> Indices:
        """Shape (strings,): in characters."""
        return np.concatenate(
            [np.empty(0, np.int32), *(pc.utf8_length(chunk).to_numpy() for chunk in self._column.chunks)]
        )

    def __len__(self) -> int:
        return len(self._column)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            strings: list[str] = self._column.slice(start, max(stop - start, 0)).to_pylist()
            return strings[::step]
        string: str = self._column[index].as_py()
        return string

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _AT_A_TIME):
            yield from self[start : start + _AT_A_TIME]


def lengths_of(texts: Sequence[str]) -> list[int]:
    """How many characters each text has."""
    return texts.lengths.tolist() if isinstance(texts, StringColumn) else [len(text) for text in texts]
