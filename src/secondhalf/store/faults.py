"""What to do about a place that cannot be used: one sentence for each reason that the system gives."""

import errno
import os
import pwd
from pathlib import Path

from secondhalf.errors import UserError

OWN_STORE = (
    "name a store of your own with --store, or have its owner share it with your group: `secondhalf store --share`"
)
"""What to do about a store that belongs to somebody else."""
_ELSEWHERE = "choose another folder (--store, --runs)"
FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


def place_fault(path: Path, error: OSError, mend: str = _ELSEWHERE) -> UserError:
    """The sentence for a file or folder that could not be read or written. `mend`: where else it may stand."""
    if error.errno in FULL:
        return UserError(
            f"{path} could not be written ({error.strerror}): free disk space or {mend}; what was done is kept."
        )
    if error.errno == errno.EROFS:
        return UserError(f"{path} lies on a file system that is mounted read-only: mount it writable, or {mend}.")
    if error.errno in _FORBIDDEN:
        return forbidden(path, mend)
    if error.errno in {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}:
        # The system names what it stumbled on, which may be the file that was to be given the name.
        named = [Path(os.fsdecode(name)) for name in (error.filename2, error.filename) if isinstance(name, str | bytes)]
        folder = next((each for each in named if each.is_dir()), None) if error.errno == errno.EISDIR else None
        place = folder or next((each for each in (path, *path.parents) if os.path.exists(each)), path)
        there, wanted = ("folder", "file") if place.is_dir() else ("file", "folder")
        return UserError(f"{place} is a {there}, and a {wanted} is needed there: {mend}.")
    return UserError(
        f"{path} could not be used ({error.strerror or error}): mend that or {mend}; what was done is kept."
    )


def unnamed_fault(error: OSError, store: Path | None = None) -> UserError:
    """The sentence for an error that nobody on the way knew how to mend: what the system says of it, and of which file.

    `store`: the store that was in use.
    """
    if "temporary directory" in str(error.strerror):  # Python's own words, where none can be written
        return UserError("No folder for temporary files can be written: set TMPDIR to one that can.")
    if not isinstance(error.filename, str | bytes) or not error.filename:
        return UserError(f"A file: {error.strerror or error}. What was done is kept; mend it and start again.")
    path = Path(os.fsdecode(error.filename))
    if error.errno in {*FULL, errno.EROFS}:
        return place_fault(path, error)
    if error.errno not in _FORBIDDEN:
        return UserError(f"{path}: {error.strerror}. What was done is kept; mend it and start again.")
    if store and path.absolute().is_relative_to(store.absolute()):
        return forbidden(path, OWN_STORE)
    mend = (
        "have it opened to you, or name another place (--store, --runs, SECONDHALF_CACHE, TMPDIR or the recipe's path)"
    )
    return forbidden(path, mend, "write" if is_allowed(path, os.R_OK) else "use")


def forbidden(path: Path, mend: str, action: str = "write") -> UserError:
    """The sentence for a place that belongs to somebody else: who that is, and what may be done."""
    place = next((each for each in (path, *path.parents) if os.path.exists(each)), Path())
    owner, us = user_name(place.stat().st_uid), user_name(os.geteuid())
    why = f", which belongs to {owner}" if place == path else f", since {place} belongs to {owner}"
    return UserError(f"You ({us}) may not {action} {path}{why}: {mend}.")


def is_allowed(path: Path, mode: int) -> bool:
    """Whether we may use a path so; `mode` as `os.access` takes it. What counts is whom this process acts for."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def is_read_only(path: Path) -> bool:
    """Whether a path lies on a file system that is mounted read-only."""
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def user_name(uid: int) -> str:
    """A user's name, or "user 12345" where the system knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
