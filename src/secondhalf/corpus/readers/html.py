"""Web pages: their main text, without menus and footers.

Resiliparse extracts it. DataComp-LM (arXiv 2406.11794, section 4.2) finds its texts to train as well as trafilatura's at
an eighth of the time. `page_text.py` puts right what it would lose of a sentence.
"""

import re
from collections.abc import Callable, Iterator

from secondhalf import install
from secondhalf.corpus.readers.charsets import EAST_ASIAN, decode, named_encoding
from secondhalf.corpus.readers.items import ReadText, Refused, Shard, excerpt
from secondhalf.corpus.readers.page_text import main_text
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.readers.text_encoding import is_utf8_though
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError

SUFFIXES = (".html", ".htm", ".xhtml")

# Telling main text from menus takes time by the square of how deep elements are nested: 0.2 s at 4,000, minutes at 100,000.
MAX_DEPTH, MANY_TAGS = 500, 3000  # nested elements refused; tags from which on a page is measured
_TAG = re.compile(
    rb"<(/?)(?:div|section|article|main|span|table|ul|ol|dl|blockquote|font|center|body)\b", re.IGNORECASE
)


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The page's main text. Raises UserError when the extractor is not installed, BrokenFileError where the file is damaged."""
    data = read_whole(shard, settings.max_document_bytes)
    if len(data) > settings.max_document_bytes:
        yield Refused(shard.location, f"too long: over {settings.max_document_bytes} bytes", excerpt(data))
    else:
        yield extract_page(data, shard.location)


def extract_page(data: bytes, location: str, url: str = "", charset: str = "") -> ReadText | Refused:
    """One page's main text. Its encoding is the charset given, else what it declares, else what its bytes look like.

    Raises UserError when the extractor is not installed.
    """
    try:
        from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    except ImportError as error:
        raise UserError(f"HTML needs an extractor: {install.extra('html')}.") from error
    if data.count(b"<") > MANY_TAGS and (depth := _depth(data)) > MAX_DEPTH:
        return Refused(location, f"broken html: {depth} elements inside each other", excerpt(data))
    try:
        encoding = named_encoding(charset) or detect_encoding(data, from_html_meta=True) or "utf-8"
        encoding = "utf-8" if is_utf8_though(data, encoding) else encoding
        text = main_text(_decode(data, encoding, bytes_to_str))
    except Exception as error:  # whatever a hostile page does to a parser is that page's matter alone
        return Refused(location, f"broken html: {type(error).__name__}", excerpt(data))
    return ReadText(text, location, url) if text.strip() else Refused(location, "no main text", excerpt(data))


def _decode(data: bytes, encoding: str, bytes_to_str: Callable[..., str]) -> str:
    """The page as text; what is no UTF-8 and partly of no encoding either is not read as a Western one."""
    if encoding not in EAST_ASIAN:
        return bytes_to_str(data, encoding, errors="replace")
    try:
        return decode(data, encoding)
    except UnicodeDecodeError:
        pass
    try:
        return data.decode()
    except UnicodeDecodeError:
        return decode(data, encoding, "replace")


def _depth(data: bytes) -> int:
    """How deep elements that hold others are nested, by their tags alone."""
    depth = deepest = 0
    for match in _TAG.finditer(data):
        depth = max(depth - 1, 0) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest
