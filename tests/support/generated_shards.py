"""generated://COUNT is a folder of so many shards of 100 MB in JSON Lines that are made while they are read."""

from collections.abc import Callable, Iterator

import fsspec
from fsspec.spec import AbstractFileSystem

SHARD = 100_000_000
Rows = Callable[[int], Iterator[bytes]]
"""The number of a shard to its lines, a block of them at a time, without end."""


class GeneratedFile:
    """A file that exists only as far as it is read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._position, self._unread = blocks, 0, b""

    def read(self, size: int) -> bytes:
        while len(self._unread) < size and self._position + len(self._unread) < SHARD:
            self._unread += next(self._blocks)
        part, self._unread = self._unread[:size], self._unread[size:]
        self._position += len(part)
        return part

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._unread = b""


def register_generated(rows: Rows) -> None:
    """Has fsspec know generated:// in this process, and in those that read beside it."""

    class Generated(AbstractFileSystem):
        protocol = "generated"

        def isfile(self, path: str) -> bool:
            return path.endswith(".jsonl")

        def find(self, path: str, **_: object) -> dict[str, dict]:
            return {f"{path}/{n:05d}.jsonl": {"size": SHARD, "type": "file"} for n in range(int(path))}

        def ukey(self, path: str) -> str:
            return path

        def open(self, path: str, *_: object, **__: object) -> GeneratedFile:
            return GeneratedFile(rows(int(path.rsplit("/", 1)[-1].removesuffix(".jsonl"))))

    fsspec.register_implementation("generated", Generated, clobber=True)
