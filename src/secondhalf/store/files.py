"""How all in a store and in a run's folder is written: for its owner alone, and so that no power cut takes what counted.

Folders are 0700 and files 0600, whatever the umask. A folder that is set-group-ID and writable for its group (`secondhalf store
--share` makes one) is shared: what is made in it is 2770 and 0660. A rename counts when the file before it and the folder
after it are flushed; without the first a power cut can leave an empty file under the final name.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from secondhalf.store.faults import place_fault

PRIVATE = (0o700, 0o600)
SHARED = (0o2770, 0o660)
# What file systems say that cannot flush a folder; there is nothing more to be done on them.
_NOT_FLUSHED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def is_shared(folder: Path) -> bool:
    """Whether a folder was opened to its group on purpose: a umask makes no folder set-group-ID."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_ISGID and mode & stat.S_IWGRP)


def make_root(folder: Path) -> None:
    """Makes a private folder, or makes one private that stands already and is ours, unless it is shared.

    Folders above it are made as the umask says.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=PRIVATE[0])
    except FileExistsError:
        if folder.is_dir() and is_shared(folder):
            return
        if not folder.is_dir():
            raise
    else:
        flush(folder.parent)
    set_mode(folder, PRIVATE[0])


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, as open as the one that they are made in."""
    if not folder.parent.is_dir():
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=PRIVATE[0])
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        set_mode(folder, _modes_in(folder.parent)[0])
        flush(folder.parent)


def open_file(path: Path, *, follow: bool = False) -> int:
    """The descriptor of a file to read and append to, made when it is missing, as open as its folder.

    `follow`: also where the path is a link. Raises OSError.
    """
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    handle = os.open(path, flags, PRIVATE[1])
    set_mode(path, _modes_in(path.parent)[1])
    return handle


def protect_file(path: Path) -> None:
    """Makes a file as open as its folder, without opening it. Raises OSError."""
    set_mode(path, _modes_in(path.parent)[1])


def write_atomically(path: Path, text: str) -> None:
    """Writes a small text file under another name, then renames it. Raises UserError when it cannot be written.

    Of several processes that write it at once each writes it whole, one after the other.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        make_folder(path.parent)
        with open(_open_alone(temporary), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            rename_durably(temporary, path)  # and only then the next one may write
    except OSError as error:
        raise place_fault(path, error) from error


def _open_alone(temporary: Path) -> int:
    """The descriptor of an empty file that no other writer has until it is closed, or has another name. Raises OSError."""
    # A link that somebody laid there is not followed, and for the reader of a pipe nobody waits.
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    while True:
        handle = os.open(temporary, flags, PRIVATE[1])
        try:
            with suppress(OSError):  # a file system without locks: then as if one alone wrote
                fcntl.flock(handle, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), temporary.lstat()):
                    os.ftruncate(handle, 0)
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # who had it has given it its name


def rename_durably(temporary: Path, path: Path) -> None:
    """Gives a file that is written its name: when this returns, both are on the disk."""
    set_mode(temporary, _modes_in(path.parent)[1])
    flush(temporary)
    temporary.replace(path)
    flush(path.parent)


def keep_tree(folder: Path) -> None:
    """Flushes a folder and everything in it to the disk, and protects it as `protect_tree`."""
    protect_tree(folder)
    for path in walk(folder):
        if path.is_file() or path.is_dir():
            flush(path)


def protect_tree(folder: Path) -> None:
    """Makes a folder and everything in it private, or open to the group where the folder is shared. Links are left alone."""
    folders, files = _modes_in(folder)
    for path in walk(folder):
        with suppress(FileNotFoundError):  # another process has given it its name since
            set_mode(path, folders if path.is_dir() else files)


def follow_umask(folder: Path) -> None:
    """Makes everything below a folder as open as the folder itself, which was made as the umask says."""
    mode = stat.S_IMODE(folder.stat().st_mode) & 0o777
    for path in walk(folder):
        set_mode(path, mode if path.is_dir() else mode & 0o666)


def walk(folder: Path) -> Iterator[Path]:
    """Everything below a folder, the deepest first, and the folder last; nothing behind a link, and no link."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path
    yield folder


def flush(path: Path) -> None:
    """Waits until a file's content, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if hasattr(fcntl, "F_FULLFSYNC"):  # on macOS fsync leaves the disk's own cache as it is
            with suppress(OSError):
                fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_FLUSHED:
            raise
    finally:
        os.close(handle)


def set_mode(path: Path, mode: int) -> None:
    """Sets a mode where we own the path and the file system has modes."""
    status = path.stat()
    if stat.S_IMODE(status.st_mode) != mode and status.st_uid == os.geteuid():
        with suppress(PermissionError):
            path.chmod(mode)


def _modes_in(folder: Path) -> tuple[int, int]:
    return SHARED if is_shared(folder) else PRIVATE
