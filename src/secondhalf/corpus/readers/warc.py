"""WARC files of a crawl, plain or compressed: the responses with status 200 that are HTML or plain text, and texts that a crawl
extracted itself (WET: records of type conversion).

Other records (requests, metadata, images, redirects) are no documents: they are passed over and not counted.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secondhalf import install
from secondhalf.corpus.readers.charsets import decode, named_encoding
from secondhalf.corpus.readers.html import extract_page
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard, excerpt, printable
from secondhalf.corpus.readers.stream import read_blocks
from secondhalf.corpus.readers.text_encoding import is_utf8_though
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

SUFFIXES = (".warc", ".wet")
_MIMES = {"text/html", "application/xhtml+xml", "text/plain"}


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each page's main text and its address. Raises UserError when the parser is not installed, BrokenFileError at damage."""
    try:
        from fastwarc.warc import ArchiveIterator, WarcRecordType
    except ImportError as error:
        raise UserError(f"WARC files need a parser: {install.extra('html')}.") from error
    stream = _Blocks(read_blocks(shard))
    try:
        kinds = WarcRecordType.response | WarcRecordType.conversion
        records = ArchiveIterator(stream, record_types=kinds, parse_http=False, stream_detect=False, strict_mode=False)
        for number, record in enumerate(records, 1):
            read_record = _conversion if record.record_type == WarcRecordType.conversion else _document
            if item := read_record(record, f"{shard.location}:{number}", settings.max_document_bytes):
                yield item
    except UserError:
        raise
    except Exception as error:  # the parser has several kinds, and what it cannot follow ends this file alone
        raise stream.broken or BrokenFileError(
            f"broken file: {printable(str(error)) or type(error).__name__}"
        ) from error
    if stream.broken:
        raise stream.broken


def _document(record: "WarcRecord", location: str, limit: int) -> ReadText | Refused | None:
    """The document of a record, or None where it holds none. Chunks or packing that are not what it says are its own matter."""
    try:
        record.parse_http(auto_decode="all")
        mime = _document_mime(record)
        return _response(record, mime, location, limit) if mime else None
    except OSError as error:
        return Refused(location, f"broken record: {printable(str(error))[:200]}")


def _conversion(record: "WarcRecord", location: str, limit: int) -> ReadText | Refused | None:
    """The text that a crawl made of a page; None where it made something else."""
    mime = (record.headers.get("Content-Type") or "text/plain").partition(";")[0].strip().lower()
    if mime != "text/plain":
        return None
    data = record.reader.read(limit + 1)
    if len(data) > limit:
        return Refused(location, f"too long: over {limit} bytes", excerpt(data))
    if len(data) < record.content_length:
        return Refused(location, f"truncated record: {len(data)} of {record.content_length} bytes", excerpt(data))
    return _plain_text(data, location, _address(record), "")


def _plain_text(data: bytes, location: str, url: str, charset: str) -> ReadText | Refused:
    try:
        encoding = named_encoding(charset) or charset or "utf-8"
        return ReadText(decode(data, "utf-8" if is_utf8_though(data, encoding) else encoding), location, url)
    except (UnicodeDecodeError, LookupError):
        declared = printable(charset or "nothing")
        return Refused(location, f"not utf-8: nor what it declares, {declared}", excerpt(data))


def _address(record: "WarcRecord") -> str:
    """The page's address; wget writes it in angle brackets."""
    address = (record.headers.get("WARC-Target-URI") or "").strip()
    return printable(address[1:-1] if address.startswith("<") and address.endswith(">") else address)


def _document_mime(record: "WarcRecord") -> str:
    """The MIME type of a response that is a document (HTML where it names none); of any other record, nothing."""
    headers = record.http_headers
    if headers is None or headers.status_code != 200:
        return ""
    mime = (record.http_content_type or "").partition(";")[0].strip().lower() or "text/html"
    return mime if mime in _MIMES else ""


def _response(record: "WarcRecord", mime: str, location: str, limit: int) -> ReadText | Refused:
    headers = record.http_headers
    data = record.reader.read(limit + 1)
    if len(data) > limit:
        return Refused(location, f"too long: over {limit} bytes", excerpt(data))
    encoded = "Content-Encoding" in headers or "Transfer-Encoding" in headers
    if len(data) < record.content_length and not encoded:
        return Refused(location, f"truncated record: {len(data)} of {record.content_length} bytes", excerpt(data))
    if mime != "text/plain":
        return extract_page(data, location, _address(record), record.http_charset or "")
    return _plain_text(data, location, _address(record), record.http_charset or "")


class _Blocks(io.RawIOBase):
    """The blocks as a file. Damage ends it quietly and is remembered: the records before it are whole."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._unread = blocks, b""
        self.broken: BrokenFileError | None = None
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        if not self._unread:
            try:
                self._unread = next(self._blocks, b"")
            except BrokenFileError as broken:
                self.broken = broken
        size = len(self._unread) if size is None or size < 0 else size
        part, self._unread = self._unread[:size], self._unread[size:]
        self._position += len(part)
        return part
