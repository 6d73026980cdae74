"""The format of a store, that is what the keys of its stages are made of. It is written in store.json, beside the stages."""

import json
import os
import tempfile
from pathlib import Path

from secondhalf.errors import UserError

FORMAT = 2
"""2: a version is a list of numbers, settings are those that decide the stage. 1: secondhalf 0.1, which wrote no store.json."""
FORMAT_FILE = "store.json"


def read_format(root: Path) -> int | None:
    """The format of the store at `root`, 1 to FORMAT; None where none is written. Raises UserError for a later one."""
    path = root / FORMAT_FILE
    if not path.is_file():
        return None
    try:
        number = int(json.loads(path.read_text("utf-8"))["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f'{path} is damaged: write {{"format": {FORMAT}}} into it.') from error
    if number > FORMAT:
        raise UserError(
            f"{root} was made by a newer secondhalf (format {number}, and this one knows {FORMAT}): upgrade."
        )
    return number


def write_format(root: Path) -> None:
    """Writes FORMAT, whole or not at all. Processes that begin a store together write the same."""
    root.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=root, prefix=FORMAT_FILE, suffix=".tmp")
    with open(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps({"format": FORMAT}) + "\n")
    os.replace(temporary, root / FORMAT_FILE)
