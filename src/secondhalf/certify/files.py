"""Files that a certificate covers: listed and hashed without following a link out of their folder."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError

TABLE = re.compile(r"\w+-\d{5}\.parquet")


class NotAFileError(Exception):
    """What stands in a file's place and cannot be hashed as one: a link, a folder, a pipe."""


def hash_file(folder: Path, name: str) -> str:
    """SHA-256 as hex of the file `name` below `folder`.

    Raises NotAFileError where the file, or a folder on the way to it, is a link or something else; FileNotFoundError; OSError.
    """
    parent = folder
    for part in name.split("/")[:-1]:
        parent = parent / part
        if parent.is_symlink():
            raise NotAFileError("it lies behind a link")
    path = folder / name
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise NotAFileError("it is a link" if stat.S_ISLNK(status.st_mode) else "it is no file")
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_regular(path: Path, most: int) -> bytes:
    """The first `most` bytes of a file. Raises OSError, also for a pipe or a device, which would be read for ever."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file", str(path))
    with path.open("rb") as file:
        return file.read(most)


def names_below(folder: Path, ignored: frozenset[str] = frozenset()) -> Iterator[str]:
    """The paths of everything below a folder that is no folder, links and pipes too, in order; nothing behind a link.

    `ignored`: names in the folder itself that are passed over, with what is below them.
    """
    for path in sorted(folder.iterdir()):
        if path.name in ignored:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from (f"{path.name}/{name}" for name in names_below(path))
        else:
            yield path.name


def table_rows(path: Path) -> int | None:
    """The rows of a Parquet file; None for what is none, or is damaged."""
    try:
        return int(pq.read_metadata(path).num_rows) if TABLE.fullmatch(path.name) and path.is_file() else None
    except (pa.ArrowException, OSError):
        return None


def hash_folder(folder: Path, ignored: frozenset[str] = frozenset()) -> dict[str, str]:
    """SHA-256 by path of every file below a folder. Raises UserError at a link and anything else that is no file."""
    hashes = {}
    for name in names_below(folder, ignored):
        try:
            hashes[name] = hash_file(folder, name)
        except NotAFileError as error:
            raise UserError(f"{folder / name} cannot be certified ({error}): put the file itself there.") from error
    return hashes
