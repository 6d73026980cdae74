"""The sizes that a Parquet file's footer gives for its columns.

Arrow ends the process when it is asked for those of a damaged column, so they are read here: Thrift's compact protocol,
and the field numbers of Parquet's format (parquet.thrift: FileMetaData, RowGroup, ColumnChunk, ColumnMetaData).
"""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from secondhalf.corpus.readers.remote import RemoteFile

_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT, _UUID = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13
_PAGE_HEADER = 64  # bytes, of which the first few hold the kind and the sizes
_FIXED = {_DOUBLE: 8, _UUID: 16}


@dataclass(frozen=True, slots=True)
class ColumnSizes:
    """A column of one row group: its path (field, then what is inside it) and its sizes in bytes."""

    path: str
    size: int
    compressed: int
    start: int
    """Where its first page begins in the file: the dictionary where it has one."""


def row_groups(raw: "BinaryIO | RemoteFile") -> list[list[ColumnSizes]]:
    """The columns of each row group of an open file. Raises ValueError where the footer is damaged."""
    raw.seek(-8, os.SEEK_END)
    length = int.from_bytes(raw.read(4), "little")
    raw.seek(-8 - length, os.SEEK_END)
    try:
        return [[_column(chunk[3]) for chunk in group[1]] for group in _Thrift(raw.read(length)).struct()[4]]
    except (IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("the footer is damaged") from error


def page_size(raw: "BinaryIO | RemoteFile", start: int) -> int:
    """What the page that begins there says that it decompresses to, in bytes. Raises ValueError where its header is damaged."""
    raw.seek(start)
    try:
        size = _Thrift(raw.read(_PAGE_HEADER)).struct(last=2)[2]  # PageHeader: uncompressed_page_size
    except (IndexError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("a page is damaged") from error
    if type(size) is not int:
        raise ValueError("a page is damaged")
    return size


def _column(metadata: dict[int, Any]) -> ColumnSizes:
    path = b".".join(metadata[3]).decode("utf-8", "backslashreplace")
    sizes = metadata[6], metadata[7], metadata.get(11) or metadata[9]
    if set(map(type, sizes)) != {int}:  # another kind of value, where a size belongs
        raise TypeError
    return ColumnSizes(path, *sizes)


class _Thrift:
    """Values one after another; a struct is a dict by field number. Work and memory follow the bytes there are."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    def struct(self, last: int | None = None) -> dict[int, Any]:
        """The fields up to the number `last`, or all of them."""
        fields: dict[int, Any] = {}
        field = 0
        while last not in fields and (head := self._byte()) != _STOP:
            field = field + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            fields[field] = kind == _TRUE if kind in {_TRUE, _FALSE} else self._value(kind)
        return fields

    def _value(self, kind: int) -> Any:
        if kind == _STRUCT:
            return self.struct()
        if kind in {_LIST, _SET}:
            head = self._byte()
            count = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 15) for _ in range(count)]
        if kind == _MAP:
            count = self._varint()
            kinds = self._byte() if count else 0
            return [(self._value(kinds >> 4), self._value(kinds & 15)) for _ in range(count)]
        if kind == _BINARY or kind in _FIXED:
            return self._bytes(_FIXED.get(kind) or self._varint())
        return self._byte() if kind in {_TRUE, _FALSE, _BYTE} else self._zigzag()

    def _bytes(self, count: int) -> bytes:
        self._position += count
        if self._position > len(self._data):
            raise IndexError
        return self._data[self._position - count : self._position]

    def _byte(self) -> int:
        self._position += 1
        return self._data[self._position - 1]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) > 127:
            value |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise IndexError
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
