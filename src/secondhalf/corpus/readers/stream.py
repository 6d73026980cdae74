"""Bytes of a file, local or remote, decompressed block by block: neither a long line nor a bomb is ever held whole.

A damaged local file is `Broken` where the damage begins, and all before it is yielded. A network that fails is a UserError
instead: a sample must not depend on luck.
"""

import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from secondhalf.corpus.readers.items import Broken, Shard

BLOCK = 1 << 18
CODECS = {".gz": "gzip", ".zst": "zstd"}


def blocks(shard: Shard) -> Iterator[bytes]:
    """The decompressed contents in order. Raises Broken, naming the damage, after the last good byte."""
    codec = CODECS.get(os.path.splitext(shard.path)[1].lower())
    good = 0
    with opened(shard) as raw:
        stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), codec) if codec else raw
        try:
            while block := stream.read(BLOCK):
                good += len(block)
                shard.done = raw.tell()
                yield block
            return
        except (OSError, pa.ArrowException) as error:
            reason = _reason(error)
    if codec and (rest := _up_to_the_damage(shard, codec, good)):
        yield rest
    raise Broken(reason)


def _up_to_the_damage(shard: Shard, codec: str, good: int) -> bytes:
    """What a failed read of a whole block kept back: the file again, byte by byte after the first `good` ones."""
    rest = bytearray()
    with opened(shard) as raw:
        stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), codec)
        try:
            while good and (passed := stream.read(min(good, BLOCK))):
                good -= len(passed)
            while len(rest) < BLOCK and (one := stream.read(1)):
                rest += one
        except (OSError, pa.ArrowException):
            pass
    return bytes(rest)


def lines(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    """Lines without their ends. One above the limit is cut to limit + 1 bytes and the rest of it is passed over."""
    held = b""
    for piece in pieces:
        if len(held) > limit and b"\n" not in piece:
            continue
        *whole, held = ((held + piece) if held else piece).split(b"\n")
        for line in whole:
            yield line if len(line) <= limit else line[: limit + 1]
        # One byte above the limit says all there is to say: the line goes on, and nobody needs it.
        held = held[: limit + 1]
    if held:
        yield held


def whole(shard: Shard, limit: int) -> bytes:
    """A file's whole contents, or limit + 1 bytes of it when there are more."""
    parts: list[bytes] = []
    size = 0
    for block in blocks(shard):
        parts.append(block)
        size += len(block)
        if size > limit:
            break
    return b"".join(parts)[: limit + 1]


def is_url(path: str) -> bool:
    """True for an fsspec URL. A file:// URL is a local path."""
    return "://" in path and not path.startswith("file://")


def opened(shard: Shard) -> Any:
    """The file, seekable and ready to read bytes. Raises Broken for what cannot be opened."""
    if not is_url(shard.path):
        if shard.size < 0:
            raise Broken("unreadable file: it is no regular file")
        try:
            return open(shard.path.removeprefix("file://"), "rb")
        except OSError as error:
            raise Broken(f"unreadable file: {error.strerror or error}") from error
    from secondhalf.corpus.readers.remote import Remote

    return Remote(shard)


def _reason(error: Exception) -> str:
    told = str(error).split(". Detail:")[0].strip() or type(error).__name__
    return "truncated file" if told.startswith("Truncated") else f"broken file: {told}"
