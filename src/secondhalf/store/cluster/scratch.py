"""A folder of one process under the system's temporary folder, removed with it; those of processes that were killed go with the
next one."""

import fcntl
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "secondhalf-node-"


class Scratch:
    """The folder, locked as long as this process lives."""

    def __init__(self) -> None:
        _remove_left()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.path / ".lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Removes the folder and all in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _remove_left() -> None:
    """Removes the folders whose processes are gone: a lock goes with its process, in another container too."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with (
            suppress(OSError),
            (folder / ".lock").open("r+") as lock,
        ):  # somebody else's, or one that is just being made
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
