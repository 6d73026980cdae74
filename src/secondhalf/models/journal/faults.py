"""What to do when the journal cannot be used, by what SQLite says; and its file, made private before SQLite opens it.

Nothing here advises to move the journal away: every reply in it was paid for.
"""

import os
import sqlite3
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import forbidden, is_read_only, place_fault
from secondhalf.store.files import flush, make_root, open_file

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_FORBIDDEN = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH", "SQLITE_IOERR_ACCESS")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
MEND = "name a store of your own with --store, or have its owner share it with your group: `secondhalf store --share`"


def make_database(path: Path) -> None:
    """Makes the file of a database, for its owner alone unless its folder is shared; SQLite's files beside it follow it.

    Raises UserError for a place that we may not write.
    """
    try:
        if not path.parent.is_dir():
            make_root(path.parent)
        new = not path.exists()
        os.close(open_file(path, follow=True))
        if new:
            flush(path.parent)
    except OSError as error:
        raise place_fault(path, error, MEND) from error


def journal_fault(path: Path, error: sqlite3.Error) -> UserError:
    """The sentence for an error of SQLite."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_FORBIDDEN):
        blocked = next((file for file in _files(path) if not os.access(file, os.W_OK)), None)
        if blocked is not None and is_read_only(blocked):
            return UserError(
                f"{path} lies on a file system that is mounted read-only: mount it writable, or name another --store."
            )
        if blocked is not None:
            return forbidden(blocked, MEND)
        return UserError(f"The journal {path} cannot be opened ({error}): check that its folder can be written.")
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


def _files(path: Path) -> list[Path]:
    """The files that SQLite writes, and their folder."""
    return [file for file in (path, *path.parent.glob(path.name + "-*"), path.parent) if file.exists()]
