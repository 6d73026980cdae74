"""CSV files, with commas, semicolons or tabs, in any encoding that plain text may have: a row a document (`cells.py`)."""

import csv
import io
from collections.abc import Iterator

from secondhalf.corpus.readers.documents.cells import Cells, rows_as_texts
from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.readers.text_encoding import UndecodedError, decode_text
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".csv", ".tsv")
_DELIMITERS = ",;\t|"


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
    for item in rows_as_texts(_rows(text, limits), shard.location, settings):
        yield item._replace(encoding=encoding) if isinstance(item, ReadText) else item


def _rows(text: str, limits: FileLimits) -> Iterator[tuple[int, Cells]]:
    first_lines = text[:10_000].splitlines()[:10]
    delimiter = max(_DELIMITERS, key=lambda one: sum(line.count(one) for line in first_lines))
    csv.field_size_limit(1 << 30)  # of all readers in this process; the whole text is no longer than one file may be
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            limits.add(0)
            yield number, dict(enumerate(row))
    except csv.Error as error:
        raise BrokenFileError(f"broken csv: {error}") from error
