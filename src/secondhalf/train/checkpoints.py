"""Checkpoints that are whole or do not count.

checkpoints/checkpoint-N/   the trainer's files, and whole.json with their hashes, written last
"""

import json
import shutil
from pathlib import Path

from secondhalf.models.reference import file_hash
from secondhalf.store import write_atomically

_MARK = "whole.json"


def mark(folder: Path) -> None:
    """Says that a checkpoint is whole: from here on it may be resumed from."""
    hashes = {path.name: file_hash(path) for path in sorted(folder.iterdir()) if path.is_file()}
    write_atomically(folder / _MARK, json.dumps(hashes, indent=2) + "\n")


def last_whole(root: Path) -> Path | None:
    """The newest checkpoint whose files are all there and unchanged; those that are not are removed."""
    found = sorted(root.glob("checkpoint-*"), key=_step, reverse=True)
    for folder in found:
        if _is_whole(folder):
            return folder
        shutil.rmtree(folder)
    return None


def _step(folder: Path) -> int:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else -1


def _is_whole(folder: Path) -> bool:
    try:
        hashes: dict[str, str] = json.loads((folder / _MARK).read_text("utf-8"))
        return bool(hashes) and all(file_hash(folder / name) == hash_ for name, hash_ in hashes.items())
    except (OSError, ValueError):
        return False
