"""Bodies that come compressed though plain ones were asked for: gzip, deflate, zstd, brotli, one within another.

Arrow's codecs notice a body that was cut; aiohttp takes a cut gzip for a whole one, and lacks zstd. Source of the names: RFC
9110, section 8.4.1.
"""

import io
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any

import pyarrow as pa

from secondhalf.models.server.http_connection import BrokenError, TooLongError

_CODECS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd", "br": "brotli", "deflate": "deflate"}
_PLAIN = {"", "identity", "none", "utf-8", "aws-chunked"}  # the last three: what servers write there by mistake
_MAGIC = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}  # no JSON and no event stream begins so
_MOST = 3  # codings within one another
_PIECE = 1 << 16  # bytes


class UnknownEncodingError(Exception):
    """The body is in an encoding that is not read; the message is what it is called, or that it has no name."""


def decode(body: bytes, header: str, longest: int) -> bytes:
    """A body as its Content-Encoding header says, decoded bit by bit to at most so many bytes.

    Raises UnknownEncodingError, BrokenError for what is not whole or not encoded so, TooLongError.
    """
    header = header or next((name for magic, name in _MAGIC.items() if body.startswith(magic)), "")
    if not _codecs(header):
        return body
    return b"".join(decoded_pieces(io.BytesIO(body), header, longest))


def decoded_pieces(file: IO[bytes], header: str, longest: int) -> Iterator[bytes]:
    """The same for a file, in pieces."""
    stream, left = open_decoded(file, header), longest
    try:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise TooLongError
            yield piece
    except (OSError, zlib.error) as error:
        raise BrokenError("the answer is not whole, or not encoded as it says") from error


def open_decoded(file: IO[bytes], header: str) -> Any:
    """The file as its Content-Encoding header says, to be read once from where it stands. It may break while it is read."""
    stream: Any = file
    for codec in reversed(_codecs(header)):
        source = _Source(stream)
        raw = _Inflated(source) if codec == "deflate" else pa.CompressedInputStream(source, codec)
        stream = io.BufferedReader(raw)
    return stream


def _codecs(header: str) -> list[str]:
    """In the order in which they were applied."""
    names = [name for part in header.split(",") if (name := part.strip().lower()) not in _PLAIN]
    unknown = next((name for name in names if name not in _CODECS), "")
    if unknown or len(names) > _MOST:
        name = unknown or "-".join(names)
        raise UnknownEncodingError(name if re.fullmatch(r"[a-z0-9-]{1,20}", name) else "without a known name")
    return [_CODECS[name] for name in names]


class _Source(io.RawIOBase):
    """A file that stays open when what reads it is closed."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._next(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def _next(self, most: int) -> bytes:
        return bytes(self._source.read(most))


class _Inflated(_Source):
    """Deflate, with zlib's header or, as some servers send it, without."""

    _rest = b""
    _inflater: Any = None

    def _next(self, most: int) -> bytes:
        while self._inflater is None or not self._inflater.eof:
            self._rest = self._rest or self._source.read(_PIECE)
            if self._inflater is None:
                if not self._rest:
                    return b""
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS if self._rest[0] & 15 == 8 else -zlib.MAX_WBITS)
            fed = bool(self._rest)
            piece = self._inflater.decompress(self._rest, most)
            self._rest = self._inflater.unconsumed_tail
            if piece:
                return bytes(piece)
            if not fed:
                raise zlib.error("cut")
        return b""
