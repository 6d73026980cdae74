"""Bytes of a file, local or remote, decompressed block by block: neither a long line nor a bomb is ever held whole.

A damaged local file is a BrokenFileError where the damage begins, and all before it is yielded. A network that fails is a
UserError instead: a sample must not depend on luck.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.unpack import CODECS, plain_stream

if TYPE_CHECKING:
    from secondhalf.corpus.readers.remote import RemoteFile

BLOCK = 1 << 18  # bytes


def read_blocks(shard: Shard) -> Iterator[bytes]:
    """The decompressed contents in order, BLOCK bytes at a time.

    Raises BrokenFileError, naming the damage, after the last good byte; UserError when a network fails.
    """
    codec = CODECS.get(os.path.splitext(shard.path)[1].lower())
    good_bytes = 0
    with open_shard(shard) as raw:
        stream = plain_stream(raw, codec) if codec else raw
        try:
            while block := stream.read(BLOCK):
                good_bytes += len(block)
                shard.bytes_read = raw.tell()
                yield block
            return
        except (OSError, pa.ArrowException) as error:
            reason = _reason(error)
    if codec and (rest := _up_to_the_damage(shard, codec, good_bytes)):
        yield rest
    raise BrokenFileError(reason)


def _up_to_the_damage(shard: Shard, codec: str, good_bytes: int) -> bytes:
    """What a failed read of a whole block kept back: the file again, byte by byte after the good ones."""
    rest = bytearray()
    with open_shard(shard) as raw:
        stream = plain_stream(raw, codec)
        try:
            while good_bytes and (skipped := stream.read(min(good_bytes, BLOCK))):
                good_bytes -= len(skipped)
            while len(rest) < BLOCK and (byte := stream.read(1)):
                rest += byte
        except (OSError, pa.ArrowException):
            pass
    return bytes(rest)


def split_lines(blocks: Iterator[bytes], max_bytes: int) -> Iterator[bytes]:
    """Lines without their ends. Of one above the limit the first max_bytes + 1 bytes are given and the rest is skipped."""
    unfinished = b""
    for block in blocks:
        if len(unfinished) > max_bytes and b"\n" not in block:
            continue
        *lines, unfinished = ((unfinished + block) if unfinished else block).split(b"\n")
        for line in lines:
            yield line if len(line) <= max_bytes else line[: max_bytes + 1]
        # One byte above the limit says all there is to say: the line goes on, and nobody needs it.
        unfinished = unfinished[: max_bytes + 1]
    if unfinished:
        yield unfinished


def read_whole(shard: Shard, max_bytes: int) -> bytes:
    """A file's whole contents, or max_bytes + 1 bytes of it when there are more. Raises as `read_blocks`."""
    parts: list[bytes] = []
    size = 0
    for block in read_blocks(shard):
        parts.append(block)
        size += len(block)
        if size > max_bytes:
            break
    return b"".join(parts)[: max_bytes + 1]


def is_url(path: str) -> bool:
    """True for an fsspec URL. A file:// URL is a local path."""
    return "://" in path and not path.startswith("file://")


def open_shard(shard: Shard) -> "BinaryIO | RemoteFile":
    """The file, seekable and open for reading bytes. Raises BrokenFileError for what cannot be opened."""
    if not is_url(shard.path):
        if shard.size < 0:
            raise BrokenFileError("unreadable file: it is no regular file")
        try:
            return open(shard.path.removeprefix("file://"), "rb")
        except OSError as error:
            raise BrokenFileError(f"unreadable file: {error.strerror or error}") from error
    from secondhalf.corpus.readers.remote import RemoteFile

    return RemoteFile(shard)


def _reason(error: Exception) -> str:
    detail = str(error).split(". Detail:")[0].strip() or type(error).__name__
    if "too much memory" in detail:  # a later frame than the first
        return "zstd beyond this reader: a window above 128 MiB; unpack the file with `zstd -d --long=31`"
    return "truncated file" if detail.startswith("Truncated") else f"broken file: {detail}"
