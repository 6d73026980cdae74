"""What to do about a place that cannot be used: one sentence for each reason that the system gives."""

import errno
import os
import pwd
from pathlib import Path

from secondhalf.errors import UserError

_ELSEWHERE = "choose another folder (--store, --runs)"
_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM}


def place_fault(path: Path, error: OSError, mend: str = _ELSEWHERE) -> UserError:
    """The sentence for a file or folder that could not be read or written. `mend`: where else it may stand."""
    if error.errno in _FULL:
        return UserError(
            f"{path} could not be written ({error.strerror}): free disk space or {mend}; what was done is kept."
        )
    if error.errno == errno.EROFS:
        return UserError(f"{path} lies on a file system that is mounted read-only: mount it writable, or {mend}.")
    if error.errno in _FORBIDDEN:
        return forbidden(path, mend)
    if error.errno in {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}:
        wanted = "file" if path.is_dir() else "folder"
        place = next((each for each in (path, *path.parents) if each.exists()), path)
        return UserError(
            f"{place} is {'a folder' if place.is_dir() else 'a file'}, and a {wanted} is needed there: {mend}."
        )
    return UserError(
        f"{path} could not be used ({error.strerror or error}): mend that or {mend}; what was done is kept."
    )


def unnamed_fault(error: OSError) -> UserError:
    """The sentence for an error that nobody on the way knew how to mend: what the system says of it, and of which file."""
    if "temporary directory" in str(error.strerror):  # Python's own words, where none can be written
        return UserError("No folder for temporary files can be written: set TMPDIR to one that can.")
    if not isinstance(error.filename, str | bytes) or not error.filename:
        return UserError(f"A file: {error.strerror or error}. What was done is kept; mend it and start again.")
    path = Path(os.fsdecode(error.filename))
    if error.errno not in _FORBIDDEN:
        return (
            UserError(f"{path}: {error.strerror}. What was done is kept; mend it and start again.")
            if (error.errno not in {*_FULL, errno.EROFS})
            else place_fault(path, error, _ELSEWHERE)
        )
    unreadable = path.exists() and not os.access(path, os.R_OK)
    mend = (
        "have it opened to you, or name another place (--store, --runs, SECONDHALF_CACHE, TMPDIR or the recipe's path)"
    )
    return forbidden(path, mend, "read" if unreadable else "write")


def forbidden(path: Path, mend: str, action: str = "write") -> UserError:
    """The sentence for a place that belongs to somebody else: who that is, and what may be done."""
    place = _nearest(path)
    owner = user_name(place.stat().st_uid)
    return UserError(f"You ({user_name(os.geteuid())}) may not {action} {place}, which belongs to {owner}: {mend}.")


def is_read_only(path: Path) -> bool:
    """Whether a path lies on a file system that is mounted read-only."""
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)


def user_name(uid: int) -> str:
    """A user's name, or "user 12345" where the system knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _nearest(path: Path) -> Path:
    """The path, or the folder nearest above it that can be seen."""
    for place in (path, *path.parents):
        try:
            place.stat()
        except OSError:
            continue
        return place
    return Path()
