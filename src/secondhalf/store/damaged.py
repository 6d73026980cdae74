"""Where damaged files go: nothing is deleted, and what can be made again is."""

import logging
import re
import time
from collections.abc import Collection
from pathlib import Path

from secondhalf.store.checksums import find_damage, stage_files
from secondhalf.store.files import flush, make_folder

_LOG = logging.getLogger(__name__)
DAMAGED_FOLDER = "damaged"
# What a stage that begins anew goes on from: the money spent, and training's checkpoints, which are checked by themselves.
_KEPT = re.compile(r"\.lock|checkpoints|spent(?:-\w+)?\.json")


def set_aside_damaged_stage(folder: Path) -> None:
    """Moves a stage that is damaged out of the way, whole or half made, so that it is made again; under its lock.

    It goes to STORE/damaged/STAGE-KEY-TIME. What is paid for is in the journal.
    """
    damage = find_damage(folder)
    if damage is None:
        return
    target = _free(folder.parent.parent / DAMAGED_FOLDER / f"{folder.parent.name}-{folder.name}")
    for path in sorted(folder.iterdir()):
        is_damaged = path.name == damage.path.name and path.suffix == ".json"
        if is_damaged or not _KEPT.fullmatch(path.name):
            path.rename(target / path.name)
    flush(target)
    flush(folder)
    _LOG.warning("%s It was moved to %s.", damage, target)


def set_aside_others(folder: Path, names: Collection[str]) -> None:
    """Moves what a stage's folder holds beside the files named out of the way, such as a half-made stage's checkpoints."""
    others = [(name, path) for name, path in stage_files(folder) if name not in names]
    if not others:
        return
    target = _free(folder.parent.parent / DAMAGED_FOLDER / f"{folder.parent.name}-{folder.name}")
    for name, path in others:
        make_folder((target / name).parent)
        path.rename(target / name)
    flush(target)
    flush(folder)


def set_aside_damaged_file(path: Path) -> None:
    """Moves a file of a run's folder to FOLDER/damaged/NAME-TIME."""
    target = _free(path.parent / DAMAGED_FOLDER / path.name)
    path.rename(target / path.name)
    _LOG.warning("%s was not as it was written: it was moved to %s, and is written again.", path, target)


def _free(start: Path) -> Path:
    """A new folder whose name begins like this and goes on with the time."""
    name, number = f"{start.name}-{time.strftime('%Y%m%dT%H%M%S')}", 0
    while True:
        target = start.with_name(f"{name}-{number}" if number else name)
        if not target.exists():
            make_folder(target)
            return target
        number += 1
