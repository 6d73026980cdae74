"""JSON Lines, plain or gzipped: an object a line, the text in one field."""

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from secondhalf.corpus.readers.files import files
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError


def read(settings: CorpusSettings) -> Iterator[tuple[str, str]]:
    """Yields each line's text and its `url`, or file and line. Raises UserError naming file, line and field."""
    for path in files(settings.path, (".jsonl", ".jsonl.gz")):
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _document(line, settings.field, f"{path}:{number}")


def _open(path: Path) -> AbstractContextManager[Iterable[bytes]]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _document(line: bytes, field: str, place: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UserError(f"{place} is not JSON ({error}): mend or remove the line.") from error
    if not isinstance(row, dict) or not isinstance(row.get(field), str):
        raise UserError(f"{place} has no text in the field {field!r}: set corpus.field to the field that holds it.")
    # A lone surrogate is legal JSON and no Unicode text: it becomes a question mark.
    return row[field].encode("utf-8", "replace").decode("utf-8"), str(row.get("url") or place)
