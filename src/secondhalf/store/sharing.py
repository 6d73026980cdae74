"""A store that a group shares: the one way to open it to others, and only ever on purpose.

Its folders are set-group-ID, so that what is made in them belongs to the group, and `files` makes that 2770 and 0660.
"""

import grp
import os
import stat
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import place_fault, user_name
from secondhalf.store.files import SHARED, walk
from secondhalf.store.format import mark


def share(root: Path, group: str) -> str:
    """Lets a group read and write a store, made where there is none; returns the group's name. "": the group that it has.

    Raises UserError for a group that is unknown or not ours, for a folder that is no store, and for what belongs to others.
    """
    mark(root)
    try:
        number = grp.getgrnam(group).gr_gid if group else root.stat().st_gid
    except KeyError as error:
        raise UserError(f"--share {group}: there is no such group; `groups` names yours.") from error
    for path in walk(root):
        status, mode = path.stat(), SHARED[0] if path.is_dir() else SHARED[1]
        if (status.st_gid, stat.S_IMODE(status.st_mode)) == (number, mode):
            continue
        if os.geteuid() not in {0, status.st_uid}:
            raise UserError(f"{path} belongs to {user_name(status.st_uid)}: have its owner or root share the store.")
        try:
            os.chown(path, -1, number)
            path.chmod(mode)
        except OSError as error:
            raise place_fault(path, error, "name a group that you are in, or have root do it") from error
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return f"group {number}"
