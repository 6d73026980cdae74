"""Locks on files, between processes of one machine."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store import files
from secondhalf.store.faults import place_fault

_LOG = logging.getLogger(__name__)


@contextmanager
def locked(path: Path, busy: str, *, wait: bool = False, shared: bool = False, content: str = "") -> Iterator[None]:
    """Holds a file lock that the system frees when the process ends, however it ends.

    Where another process has it: waits for it, and says so unless `busy` is empty; or raises UserError(busy). `shared`: others
    that want it shared may have it too. `content` is written into the file when it is empty.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        handle = files.open_file(path)
    except OSError as error:
        raise place_fault(path, error) from error
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if not wait:
                raise UserError(busy) from error
            if busy:
                _LOG.info("waiting for another process to be done with %s", path.parent)
            fcntl.flock(handle, kind)
        if content and not os.fstat(handle).st_size:
            os.write(handle, content.encode())
        yield
    finally:
        os.close(handle)
