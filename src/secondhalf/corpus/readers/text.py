"""A folder of plain text or Markdown files, one document each."""

from collections.abc import Iterator

from secondhalf.corpus.readers.files import files
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError


def read(settings: CorpusSettings) -> Iterator[tuple[str, str]]:
    """Yields each file's text and path. Raises UserError for a file that is not UTF-8, naming it and the byte."""
    for path in files(settings.path, (".txt", ".md", ".rst")):
        try:
            yield path.read_text("utf-8-sig"), str(path)
        except UnicodeDecodeError as error:
            raise UserError(
                f"{path} is not UTF-8 at byte {error.start}: convert it (for example `iconv -t utf-8`) or move it away."
            ) from error
