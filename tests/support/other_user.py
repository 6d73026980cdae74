"""Somebody else: a user without a name and without a home, for whom a store may be closed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMELESS = 12346


@contextmanager
def other_user(*closed: Path) -> Iterator[None]:
    """Acts for another user where this process may; else closes these paths for the one that there is."""
    if os.geteuid() == 0:
        groups = os.getgroups()
        os.setgroups([])
        os.setegid(NAMELESS)
        os.seteuid(NAMELESS)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups(groups)
        return
    modes = [path.stat().st_mode for path in closed]
    for path in closed:
        path.chmod(0)
    try:
        yield
    finally:
        for path, mode in zip(closed, modes, strict=True):
            path.chmod(mode)
