"""Plain text, Markdown and reStructuredText files as they stand, one document each; of Aozora Bunko's without their marks."""

from collections.abc import Iterator

from secondhalf.corpus.aozora import without_aozora_marks
from secondhalf.corpus.readers.items import ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.readers.text_encoding import UndecodedError, decode_text
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".txt", ".md", ".rst")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text, line ends as \\n. What is not of the recipe's encoding, or of none that is plain, is refused at its byte.

    Raises BrokenFileError where the file is damaged.
    """
    data = read_whole(shard, settings.max_document_bytes)
    if len(data) > settings.max_document_bytes:
        yield Refused(shard.location, f"too long: over {settings.max_document_bytes} bytes", excerpt(data))
        return
    if data.startswith(b"{\\rtf"):
        yield Refused(shard.location, "no plain text: an RTF file under another name; save it as .docx", excerpt(data))
        return
    try:
        text, encoding = decode_text(data, settings.encoding)
    except UndecodedError as error:
        yield Refused(shard.location, str(error), excerpt(data))
        return
    text = without_aozora_marks(text.replace("\r\n", "\n").replace("\r", "\n"))
    yield ReadText(text, shard.location, encoding=encoding)
