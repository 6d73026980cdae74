"""Parquet files, a row a document, read in batches so that memory does not follow the file."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers.files import files
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError


def read(settings: CorpusSettings) -> Iterator[tuple[str, str]]:
    """Yields each row's text and file and row number. Raises UserError naming the file and the column."""
    for path in files(settings.path, (".parquet",)):
        try:
            file = pq.ParquetFile(path)
            if settings.field not in file.schema_arrow.names:
                names = ", ".join(file.schema_arrow.names)
                raise UserError(f"{path} has no column {settings.field!r}; it has {names}: set corpus.field.")
            row = 0
            for batch in file.iter_batches(512, columns=[settings.field]):
                for text in batch.column(0).to_pylist():
                    row += 1
                    if isinstance(text, str):
                        yield text, f"{path}:{row}"
        except pa.ArrowException as error:
            raise UserError(f"{path} is no whole Parquet file ({error}): fetch it again.") from error
