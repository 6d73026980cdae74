"""A folder that others are given: it gets its name when all in it is written, and overwrites nothing."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import place_fault
from secondhalf.store.files import follow_umask


def check_new(out: Path) -> None:
    """Raises UserError where something stands at `out`."""
    if os.path.lexists(out):  # a link that leads nowhere too
        raise UserError(f"{out} exists: name another --out; this command overwrites nothing.")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A hidden folder beside `out` to write into; afterwards it is `out`, as open as the umask says, or gone where that failed.

    Raises UserError where `out` exists before or after, or its folder cannot be made.
    """
    check_new(out)
    work = out.with_name(f".{out.name}.part-{secrets.token_hex(4)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work.mkdir()
    except OSError as error:
        raise place_fault(out, error, "name another place with --out") from error
    try:
        yield work
        follow_umask(work)  # what comes from a store is its owner's alone
        if os.path.lexists(out):
            raise UserError(f"{out} was made meanwhile: name another --out.")
        work.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
