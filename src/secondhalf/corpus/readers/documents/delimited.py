"""CSV files, with commas, semicolons or tabs, in any encoding that plain text may have: a row a document (`cells.py`)."""

import csv
import io
import re
from collections.abc import Iterator

from secondhalf.corpus.readers.documents.cells import Cells, rows_as_texts
from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.readers.text_encoding import UndecodedError, decode_text
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",;\t|"
_NONE = "\x1f"  # of a file of one column
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The line before the header by which Excel says its delimiter."""
_LOOKED_AT = 10  # rows
_HEAD = 10_000  # characters


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text. Raises BrokenFileError for what is damaged or above the limits of one file."""
    limits = FileLimits(settings)
    data = read_whole(shard, settings.max_file_bytes)
    limits.add(len(data))
    try:
        text, encoding = decode_text(data, settings.encoding)
    except UndecodedError as error:
        yield Refused(shard.location, str(error), excerpt(data))
        return
    items = 0
    for item in rows_as_texts(_rows(text, settings.field, limits), shard.location, settings, split_by_signs=True):
        items += 1
        yield item._replace(encoding=encoding) if isinstance(item, ReadText) else item
    if not items:
        yield Refused(shard.location, "no running text: the table is empty")


def _rows(text: str, field: str, limits: FileLimits) -> Iterator[tuple[int, Cells]]:
    line = _SEPARATOR_LINE.match(text)
    delimiter, text = (line[1], text[line.end() :]) if line else (_delimiter(text, field), text)
    csv.field_size_limit(1 << 30)  # of all readers in this process; the whole text is no longer than one file may be
    lines = io.StringIO(text, newline="")
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            limits.add(0)
            if row and len(row[-1].splitlines()) > 1 and lines.tell() == len(text) and not text.rstrip().endswith('"'):
                raise BrokenFileError(f"broken csv: row {number} opens a quotation mark that is never closed")
            yield number, {column: cell.replace("\r\n", "\n").replace("\r", "\n") for column, cell in enumerate(row)}
    except csv.Error as error:
        raise BrokenFileError(f"broken csv: {error}") from error


def _delimiter(text: str, field: str) -> str:
    """The sign that cuts every one of the first rows: prose has commas too, but not in all of its rows, nor in the header."""
    head = text[:_HEAD]
    if len(head) < len(text):
        head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    counts = {one: _cells(head, one) for one in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda one: (min(counts[one], default=0), sum(counts[one])))
    # Under a header of one name all that stands in a line is its text.
    is_one_column = head.lstrip().splitlines()[:1] in ([field], [f'"{field}"'])
    return _NONE if is_one_column else best


def _cells(head: str, delimiter: str) -> list[int]:
    """How many cells each of the first rows has that are not empty."""
    try:
        rows = [row for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return []
    return [len(row) for row in rows[:_LOOKED_AT]]
