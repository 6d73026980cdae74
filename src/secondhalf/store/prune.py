"""What no run uses leaves the store: to a trash folder with its time first, and for good when it is old enough.

    store/trash/20261129T124501Z/STAGE/KEY

Only what `Store.make` made is touched, and nothing behind a link. A stage in the trash comes back with `mv`.
"""

import re
import shutil
from collections.abc import Callable, Collection
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.faults import place_fault
from secondhalf.store.files import flush, make_folder, walk
from secondhalf.store.format import has_own_manifest, is_key, is_store, mark
from secondhalf.store.lock import locked
from secondhalf.store.stage import Stage, lock_content
from secondhalf.store.stages import Store

TRASH = "trash"
_TIME = "%Y%m%dT%H%M%SZ"
_DATED = re.compile(r"(\d{8}T\d{6}Z)(-\d+)?")


def check_store(root: Path) -> None:
    """Raises UserError for a folder that is no store; marks one of an earlier version."""
    if not is_store(root):
        raise UserError(f"{root} is no store of secondhalf (no store.json marks it): name the store with --store.")
    mark(root)


def unused_stages(store: Store, used: Collection[Path]) -> list[Stage]:
    """The stages whose resolved path is not among `used`; those that another process is making are left out."""
    return [
        stage
        for stage in store.stages()
        if _made_here(stage.path) and stage.path.resolve() not in used and not _is_busy(stage)
    ]


def move_to_trash(store: Store, stages: Collection[Stage], used: Callable[[], Collection[Path]]) -> list[Stage]:
    """Moves those of the stages that are still unused into a new folder of the trash; returns them at their new places.

    `used` is asked when no process can begin to use one any more.
    """
    moved: list[Stage] = []
    with locked(store.root / ".lock", "", wait=True):
        paths = {stage.path for stage in stages}
        unused = [stage for stage in unused_stages(store, used()) if stage.path in paths]
        folder = _new_folder(store.root) if unused else store.root
        for stage in unused:
            target = folder / stage.name / stage.key
            try:
                busy = f"{stage.path} is being made by another process: wait for it."
                # The lock names the stage, so that it is known as ours when its manifest is removed already.
                with locked(stage.path / ".lock", busy, content=lock_content(stage)):
                    make_folder(target.parent)
                    stage.path.rename(target)
                    flush(target.parent)
                    flush(stage.path.parent)
            except OSError as error:
                raise place_fault(stage.path, error, "move or remove that stage by hand") from error
            moved.append(Stage(target))
    return moved


def old_trash(store: Store, age: timedelta) -> list[Stage]:
    """The stages that went to the trash longer ago than `age`."""
    trash, now = store.root / TRASH, datetime.now(UTC)
    if trash.is_symlink():
        return []
    stages = []
    for folder in sorted(trash.glob("*")):
        dated = _DATED.fullmatch(folder.name)
        if not dated or folder.is_symlink():
            continue
        try:
            time = datetime.strptime(dated[1], _TIME).replace(tzinfo=UTC)
        except ValueError:  # a 13th month: no time of ours
            continue
        if now - time >= age:
            stages += [Stage(path) for path in sorted(folder.glob("*/*")) if _made_here(path)]
    return stages


def remove_for_good(stages: Collection[Stage]) -> None:
    """Removes stages of the trash, and the folders that are empty then. Its lock goes last: what a kill leaves is still known."""
    for stage in stages:
        lock = stage.path / ".lock"
        for path in list(stage.path.iterdir()):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path != lock:
                path.unlink()
        lock.unlink(missing_ok=True)
        for folder in (stage.path, stage.path.parent, stage.path.parent.parent):
            if any(folder.iterdir()):
                break
            folder.rmdir()


def size_of(stage: Stage) -> int:
    """Bytes of a stage's files."""
    return sum(path.stat().st_size for path in walk(stage.path) if not path.is_dir())


def _made_here(path: Path) -> bool:
    """Whether `Store.make` made it: its manifest or its lock says so, and there is no link on the way."""
    lock = path / ".lock"
    if not is_key(path):
        return False
    return has_own_manifest(path) or (
        lock.is_file() and not lock.is_symlink() and lock.read_text("utf-8", "replace") == lock_content(Stage(path))
    )


def _is_busy(stage: Stage) -> bool:
    path = stage.path / ".lock"
    try:
        with locked(path, "busy") if path.exists() else nullcontext():
            return False
    except UserError:
        return True


def _new_folder(root: Path) -> Path:
    trash, name = root / TRASH, datetime.now(UTC).strftime(_TIME)
    if trash.is_symlink():
        raise UserError(f"{trash} is a link, and nothing is moved through it: remove the link.")
    taken = len(list(trash.glob(f"{name}*")))
    folder = trash / (f"{name}-{taken}" if taken else name)
    make_folder(folder)
    return folder
