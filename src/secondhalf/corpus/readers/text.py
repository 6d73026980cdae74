"""Plain text, Markdown and reStructuredText files, one document each."""

from collections.abc import Iterator

from secondhalf.corpus.readers.items import ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".txt", ".md", ".rst")


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text, line ends as \\n. UTF-8, or UTF-16 with a byte order mark; anything else is refused at its byte.

    Raises BrokenFileError where the file is damaged.
    """
    data = read_whole(shard, settings.max_document_bytes)
    if len(data) > settings.max_document_bytes:
        yield Refused(shard.location, f"too long: over {settings.max_document_bytes} bytes", excerpt(data))
        return
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        yield Refused(shard.location, f"not {encoding.removesuffix('-sig')}: byte {error.start}", excerpt(data))
        return
    yield ReadText(text.replace("\r\n", "\n").replace("\r", "\n"), shard.location)
