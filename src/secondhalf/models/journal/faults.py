"""What to do when the journal cannot be used, by what SQLite says; and its file, made private before SQLite opens it.

Nothing here advises to move the journal away: every reply in it was paid for.
"""

import errno
import os
import sqlite3
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import OWN_STORE, forbidden, is_allowed, is_read_only, place_fault
from secondhalf.store.files import flush, make_root, open_file, protect_file

# 4 had no `checksum`, and keys that two models could share (former_keys.py); 3 no `estimated` either; 2 no `first_tokens` either;
# 1 also no `answered_by`, no claims, and its table was WITHOUT ROWID: twice the work a row. All are read.
JOURNAL_VERSION = 5
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_FORBIDDEN = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_IOERR_ACCESS")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")


def make_database(path: Path, mend: str = OWN_STORE) -> None:
    """Makes the file of a database, for its owner alone unless its folder is shared; SQLite's files beside it follow it.

    Raises UserError for a place that we may not write, with `mend`: where else it may stand.
    """
    try:
        if not path.parent.is_dir():
            make_root(path.parent)
        if path.exists():
            _check_usable(path)
            protect_file(path)
        else:
            os.close(open_file(path, follow=True))
            flush(path.parent)
    except OSError as error:
        raise place_fault(path, error, mend) from error


def _check_usable(path: Path) -> None:
    """Raises OSError for a database that could not be opened to write.

    It is not opened: to close it again would take the locks from every connection to it that this process has (POSIX), and
    another process, which then believes itself alone, would remove the log with what they wrote.
    """
    number = errno.EISDIR if path.is_dir() else 0 if is_allowed(path, os.R_OK | os.W_OK) else errno.EACCES
    if number == errno.EACCES and is_read_only(path):
        number = errno.EROFS
    if number:
        raise OSError(number, os.strerror(number), str(path))


def journal_fault(path: Path, error: sqlite3.Error) -> UserError:
    """The sentence for an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_FORBIDDEN):
        blocked = _blocked(path)
        return blocked or UserError(
            f"The journal {path} cannot be opened ({error}): check that its folder can be written."
        )
    if name.startswith(_BUSY):
        return UserError(
            f"The journal {path} was held by another process for a minute ({error}): end that one, or wait and start again."
        )
    if name.startswith(_DAMAGED):
        return UserError(
            f"The journal {path} cannot be used ({error}), it is damaged: save what can be read with `sqlite3 {path.name} "
            ".recover | sqlite3 new.sqlite`, and put that in its place; every reply in it was paid for."
        )
    return UserError(
        f"The journal {path} cannot be used ({error}): check its disk and the space there, and start again; what was stored is "
        "kept."
    )


def refuse_newer(path: Path, version: int) -> None:
    """Raises UserError for a journal of a later version: this one would take its rows for damaged, and call it its own."""
    if version > JOURNAL_VERSION:
        raise UserError(
            f"The journal {path} was written by a newer secondhalf (version {version}, and this one knows {JOURNAL_VERSION}): "
            "upgrade, or name another --store; nothing in it was changed."
        )


def check_writable(path: Path) -> None:
    """Raises UserError where the journal, or its folder, is there and we may not write it."""
    fault = _blocked(path)
    if fault:
        raise fault


def _blocked(path: Path) -> UserError | None:
    """The sentence for what of the journal we may not write: its files, or their folder."""
    files = (
        [path, *path.parent.glob(path.name + "-*"), path.parent] if is_allowed(path.parent, os.R_OK) else [path.parent]
    )
    blocked = next((file for file in files if os.path.exists(file) and not is_allowed(file, os.W_OK)), None)
    if blocked is None:
        return None
    if is_read_only(blocked):
        return UserError(
            f"{path} lies on a file system that is mounted read-only: mount it writable, or name another --store."
        )
    return forbidden(path if blocked == path.parent else blocked, OWN_STORE)
