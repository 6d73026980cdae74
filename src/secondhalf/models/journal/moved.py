"""A journal whose file is moved, removed or replaced while it is in use: SQLite goes on in the file that has no name any more."""

import secrets
import sqlite3
from contextlib import suppress
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.files import set_mode


def identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def moved_fault(path: Path, db: sqlite3.Connection) -> UserError:
    """Saves all that the connection still reaches in a file beside `path`, and says so: every reply in it was paid for."""
    saved = path.with_name(f"{path.stem}-saved-{secrets.token_hex(4)}{path.suffix}")
    try:
        db.execute("VACUUM INTO ?", [str(saved)])
    except sqlite3.DatabaseError as error:
        with suppress(OSError):
            saved.unlink()
        return UserError(
            f"The journal {path} was moved, removed or replaced while it was in use, and a copy could not be saved ({error}): "
            "put it back where it was, with the files beside it, and start again."
        )
    set_mode(saved, path.parent.stat().st_mode & 0o660)
    return UserError(
        f"The journal {path} was moved, removed or replaced while it was in use: all that was stored is in {saved}; give that "
        "its name when nobody uses it, and start again."
    )
