"""The sample's rows while the corpus is read: their texts stand in a file without a name, and of each its place alone in memory.

So memory follows the sample's number of documents and not their length: a place, a rank and their slots are some 200 bytes. The
file is gone with the process, however that ends; rows that were passed over again stay in it until then.
"""

import json
import os
import struct
import tempfile
from pathlib import Path
from typing import Any

from secondhalf.corpus.best import BestRows
from secondhalf.corpus.readers.items import ReadText
from secondhalf.corpus.scan import SampleCandidate, Section
from secondhalf.store.faults import place_fault

_HEAD = struct.Struct("<II")  # bytes of the fields, and of the text behind them
_BUFFER = 1 << 20


class SpilledRows(BestRows[SampleCandidate]):
    """As BestRows, with its rows in an unnamed file of `folder`. Raises UserError where that cannot be written."""

    def __init__(self, limit: int, weights: dict[str, float], folder: Path) -> None:
        super().__init__(limit, weights)
        self._folder = folder
        try:
            self._file = tempfile.TemporaryFile(dir=folder, buffering=_BUFFER)  # noqa: SIM115  (open as long as its rows are)
        except OSError as error:
            raise place_fault(folder, error) from error
        self._end = self._flushed = 0
        self._document: tuple[ReadText, int] | None = None
        """The document of the last section and its place: sections of one document share it."""

    def _kept(self, row: SampleCandidate) -> int:
        if isinstance(row, ReadText):
            return self._write(list(row[1:]), row.text)
        if self._document is None or self._document[0] is not row.item:
            self._document = row.item, self._write(list(row.item[1:]), row.item.text)
        return self._write([row.number, self._document[1]], row.text)

    def _row(self, kept: Any) -> SampleCandidate:
        fields, text = self._read(kept)
        if isinstance(fields[0], str):
            return ReadText(text, *fields)
        number, place = fields
        document, whole = self._read(place)
        return Section(text, ReadText(whole, *document), number)

    def _write(self, fields: list[Any], text: str) -> int:
        place = self._end
        # In ASCII: what stands beside a text may hold half a character, and a text may not (scan.py).
        described, encoded = json.dumps(fields).encode("ascii"), text.encode()
        try:
            self._file.write(_HEAD.pack(len(described), len(encoded)) + described + encoded)
        except OSError as error:
            raise place_fault(self._folder, error) from error
        self._end += _HEAD.size + len(described) + len(encoded)
        return place

    def _read(self, place: int) -> tuple[list[Any], str]:
        if place >= self._flushed:
            try:
                self._file.flush()
            except OSError as error:
                raise place_fault(self._folder, error) from error
            self._flushed = self._end
        described, encoded = _HEAD.unpack(self._bytes(place, _HEAD.size))
        data = self._bytes(place + _HEAD.size, described + encoded)
        return json.loads(data[:described]), data[described:].decode()

    def _bytes(self, place: int, size: int) -> bytes:
        """So many bytes: one call of the system reads at most 2 GB, and may read less."""
        data = os.pread(self._file.fileno(), size, place)
        while len(data) < size:
            more = os.pread(self._file.fileno(), size - len(data), place + len(data))
            if not more:
                raise EOFError(f"{self._folder}: the sample's own file is shorter than what was written to it")
            data += more
        return data
