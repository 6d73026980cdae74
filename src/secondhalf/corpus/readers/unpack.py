"""Compressed bytes as a stream of plain ones: gzip, bzip2 and Zstandard by Arrow, xz by Python's own decoder.

Zstandard with a window above 128 MiB (`zstd --long=28`) or with a dictionary (crawls of the Archive Team, whose dictionary
stands in the file's first frame) needs Python 3.14 or the package backports.zstd; without it the file is refused with what to do.
"""

import lzma
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

import pyarrow as pa

from secondhalf import install
from secondhalf.corpus.readers.items import BrokenFileError

if TYPE_CHECKING:
    from secondhalf.corpus.readers.remote import RemoteFile

CODECS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz", ".lzma": "xz"}
MOST_XZ_MEMORY = 1 << 30  # bytes; `xz -9` needs a sixteenth
_INPUT = 1 << 16
_ARROWS_WINDOW = 1 << 27  # bytes; what its Zstandard decodes at most
_FRAME, _SKIPPABLE, _DICTIONARY_FRAME = 0xFD2FB528, range(0x184D2A50, 0x184D2A60), 0x184D2A5D
_MOST_DICTIONARY = 1 << 25  # bytes


class Stream(Protocol):
    """Plain bytes: `read(n)` gives at most n, and none at the end."""

    def read(self, size: int, /) -> bytes: ...


def plain_stream(raw: "BinaryIO | RemoteFile", codec: str) -> Stream:
    """The decompressed contents of an open file. Raises BrokenFileError for a form of Zstandard that cannot be read here."""
    if codec == "xz":
        # Of either form, .xz and the older .lzma.
        return _Decoded(raw, lambda: lzma.LZMADecompressor(memlimit=MOST_XZ_MEMORY))
    if codec == "zstd":
        frame = _first_frame(raw)
        raw.seek(0)
        if frame.window > _ARROWS_WINDOW or frame.dictionary_id:
            return _Decoded(raw, _zstd_decoder(frame))
    stream: Stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), codec)
    return stream


class _Decoded:
    """What a decoder of the standard library's kind makes of a file of one or more of its streams."""

    def __init__(self, raw: "BinaryIO | RemoteFile", new_decoder: Callable[[], Any]) -> None:
        self._raw, self._new_decoder = raw, new_decoder
        self._decoder: Any = None
        self._input = b""

    def read(self, size: int, /) -> bytes:
        data = b""
        while not data and self._fill():
            try:
                data = self._decoder.decompress(self._input, size)
            except Exception as error:  # each decoder has its own kind
                raise OSError(str(error)) from error
            self._input = b""
            if self._decoder.eof:
                self._input, self._decoder = self._decoder.unused_data, None
        return data

    def _fill(self) -> bool:
        """Reads on where nothing is left, and begins the next stream; False at the end. Zeros between streams are padding."""
        if self._decoder is not None and not self._decoder.needs_input:
            return True
        while not self._input:
            data = self._raw.read(_INPUT) or b""
            if not data:
                if self._decoder is not None:
                    raise OSError("Truncated")
                return False
            self._input = data
        if self._decoder is None:
            self._input = self._input.lstrip(b"\0")
            if not self._input:
                return self._fill()
            self._decoder = self._new_decoder()
        return True


class _Frame(NamedTuple):
    """What the first frame of a Zstandard file asks for: a window in bytes, a dictionary's number, and that one's bytes."""

    window: int
    dictionary_id: int
    dictionary: bytes


def _first_frame(raw: "BinaryIO | RemoteFile") -> _Frame:
    """The head of the first frame that holds data (RFC 8878, 3.1.1); skippable ones stand before it."""
    dictionary = b""
    while int.from_bytes(head := raw.read(18) or b"", "little", signed=False) and len(head) >= 8:
        magic, size = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:8], "little")
        if magic not in _SKIPPABLE:
            break
        start = raw.tell() - len(head) + 8
        raw.seek(start)
        if magic == _DICTIONARY_FRAME and size <= _MOST_DICTIONARY:
            dictionary = raw.read(size) or b""
        raw.seek(start + size)
    if int.from_bytes(head[:4], "little") != _FRAME or len(head) < 6:
        return _Frame(0, 0, b"")  # none, or damaged: reading it says so
    flags, position = head[4], 5
    single = bool(flags & 32)
    exponent, mantissa = head[5] >> 3, head[5] & 7
    window = 0 if single else (1 << 10 + exponent) * (8 + mantissa) // 8
    position += not single
    id_size = (0, 1, 2, 4)[flags & 3]
    dictionary_id = int.from_bytes(head[position : position + id_size], "little")
    position += id_size
    if single:  # the window is the contents' size
        size_bytes = (1, 2, 4, 8)[flags >> 6]
        window = int.from_bytes(head[position : position + size_bytes], "little") + (256 if size_bytes == 2 else 0)
    return _Frame(window, dictionary_id, dictionary)


def _zstd_decoder(frame: _Frame) -> Callable[[], Any]:
    """A function that makes a decoder for such frames. Raises BrokenFileError where there is none here, saying what to do."""
    what = f"a window of {frame.window} bytes" if frame.window > _ARROWS_WINDOW else f"dictionary {frame.dictionary_id}"
    zstd = _zstd_module()
    if zstd is None:
        mend = f"{install.packages('backports.zstd')}, or unpack it with `zstd -d --long=31`" + (
            " and its dictionary (`-D FILE`)" if frame.dictionary_id else ""
        )
        raise BrokenFileError(f"zstd beyond this reader: {what}; {mend}")
    if frame.dictionary_id and not frame.dictionary:
        raise BrokenFileError(
            f"zstd beyond this reader: {what} is not in the file; unpack it with `zstd -d -D DICTIONARY`"
        )
    content = frame.dictionary
    if content[:4] == _FRAME.to_bytes(4, "little"):  # packed itself
        content = zstd.decompress(content)
    dictionary = zstd.ZstdDict(content) if content else None
    options = {zstd.DecompressionParameter.window_log_max: 31}
    return lambda: zstd.ZstdDecompressor(zstd_dict=dictionary, options=options)


def _zstd_module() -> Any:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return import_module(name)
        except ImportError:
            pass
    return None
