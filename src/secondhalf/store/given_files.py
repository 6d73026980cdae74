"""Files that people are given: whole or not at all, as open as the umask says, and over nothing but a former one of theirs."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import place_fault

GENERATOR = "secondhalf"
"""What our pages that stand outside of a run name as their generator."""
_LOOKED_AT = 1 << 20  # bytes of what stands there


def write_given(path: Path, text: str, option: str = "--out", is_former: Callable[[str], bool] | None = None) -> None:
    """Writes the file. `is_former`: whether what begins so is a former one, which the new one replaces; without it nothing is.

    Raises UserError, naming `option`, where something else stands there, or nothing can be written.
    """
    check_given(path, option, is_former)
    path = path.resolve()
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(text, "utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise place_fault(path, error, f"name another file with {option}") from error


def check_given(path: Path, option: str = "--out", is_former: Callable[[str], bool] | None = None) -> None:
    """Raises UserError where something stands at `path`, a link that leads nowhere too, which is no former one."""
    if not os.path.lexists(path):
        return
    if is_former is None:
        raise UserError(f"{path} exists: name another file with {option}; this command overwrites nothing.")
    try:
        with open(path if path.is_file() else os.devnull, "rb") as file:
            start = file.read(_LOOKED_AT).decode("utf-8-sig", "replace")
    except OSError as error:
        raise place_fault(path, error, f"name another file with {option}") from error
    if not path.is_file() or not is_former(start):
        raise UserError(f"{path} exists, and is none that this command wrote: name another file with {option}.")


def is_our_page(start: str) -> bool:
    """Whether what begins so is a page that names us as its generator."""
    return f'<meta name="generator" content="{GENERATOR}">' in start[:2000]
