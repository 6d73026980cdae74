"""A power cut, as far as a program can make one: what of a folder is certain to be on the disk, by what was flushed.

A file's content counts as it was at its last fsync, and a folder's list of names as it was at its own. SQLite flushes by itself,
unseen from here. Two worlds are left behind, since a disk may write names before contents: `flushed` has only what is certain;
`names_first` has every name, and an empty file where the content was never flushed.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Disk:
    """What was flushed of a folder, by inode."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, int]] = {}
        self._kept: list[int] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Notes every fsync; the folder as it stands is on the disk."""
        inner = os.fsync

        def fsync(handle: int) -> None:
            inner(handle)
            self.flushed(handle)

        for path in [self._root, *self._root.rglob("*")]:
            handle = os.open(path, os.O_RDONLY)
            self.flushed(handle)
            os.close(handle)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            yield

    def flushed(self, handle: int) -> None:
        """Notes a file's content or a folder's names as they are."""
        status = os.fstat(handle)
        self._kept.append(os.dup(handle))  # an inode's number is given to another file when it is free
        if stat.S_ISDIR(status.st_mode):
            with os.scandir(handle) as entries:
                self._names[status.st_ino] = {entry.name: entry.inode() for entry in entries}
        else:
            self._contents[status.st_ino] = Path(f"/proc/self/fd/{handle}").read_bytes()

    def after_the_cut(self, into: Path, *, names_first: bool) -> Path:
        """Writes what is left of the folder into another one."""
        self._write(self._root.stat().st_ino, self._root, into, names_first)
        return into

    def _write(self, inode: int, now: Path, into: Path, names_first: bool) -> None:
        into.mkdir()
        names = {path.name: path.stat().st_ino for path in now.iterdir()} if names_first else self._names.get(inode, {})
        for name, child in names.items():
            where = now / name
            if child in self._names or (names_first and where.is_dir()):
                self._write(child, where, into / name, names_first)
            else:
                (into / name).write_bytes(self._contents.get(child, b""))

    def close(self) -> None:
        """Lets go of the files."""
        for handle in self._kept:
            os.close(handle)
