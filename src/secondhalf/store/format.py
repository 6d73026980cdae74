"""The mark of a store: store.json beside the stages. It says that the folder is a store, and what its keys are made of."""

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.store.faults import OWN_STORE, place_fault
from secondhalf.store.files import is_shared, make_root, protect_tree, rename_durably

FORMAT = 2
"""2: a version is a list of numbers, settings are those that decide the stage. 1: secondhalf 0.1, which wrote no store.json."""
FORMAT_FILE = "store.json"
MADE_BY = "secondhalf"
_KEY = re.compile(r"[0-9a-f]{16}")
# What may stand in a folder that becomes a store: a journal that was opened first, and what file systems put there.
_HARMLESS = re.compile(r"\..*|lost\+found|(journal|batches)\.sqlite.*|store\.json.*\.tmp")


def read_format(root: Path) -> int | None:
    """The format of the store at `root`, 1 to FORMAT; None where none is written. Raises UserError for a later one."""
    path = root / FORMAT_FILE
    try:
        if not path.is_file():
            return None
        number = int(json.loads(path.read_text("utf-8"))["format"])
    except OSError as error:
        raise place_fault(path, error, OWN_STORE) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _damaged_mark(root) from error
    if number < 1:
        raise _damaged_mark(root)
    if number > FORMAT:
        raise UserError(
            f"{root} was made by a newer secondhalf (format {number}, and this one knows {FORMAT}): upgrade; where nobody has a "
            f'newer one, {path} is damaged: write {{"format": {FORMAT}}} into that file.'
        )
    return number


def _damaged_mark(root: Path) -> UserError:
    return UserError(
        f"{root / FORMAT_FILE} is no store's, or it is damaged: name another --store; where {root} is a store of secondhalf, "
        f'write {{"format": {FORMAT}}} into that file.'
    )


def is_marked(root: Path) -> bool:
    """Whether the folder says of itself that it is a store. Raises UserError as `read_format`."""
    path = root / FORMAT_FILE
    if path.is_symlink() or read_format(root) is None:
        return False
    return bool(json.loads(path.read_text("utf-8")).get("made_by") == MADE_BY)


def is_store(root: Path) -> bool:
    """Whether it is a store: marked, or one of an earlier version. Raises UserError as `read_format`.

    Those before 0.3 are known by a store.json that holds the format and nothing else, those of 0.1 by a stage whose manifest
    names its own folder.
    """
    if is_marked(root):
        return True
    path = root / FORMAT_FILE
    if path.is_file() and not path.is_symlink():
        return set(json.loads(path.read_text("utf-8"))) == {"format"}
    return any(has_own_manifest(folder) for folder in root.glob("*/*"))


def mark(root: Path) -> None:
    """Marks the folder as a store, made when it is missing. Processes that begin a store together write the same.

    A store of an earlier version is marked and made private. Raises UserError for a folder that holds other things, for a
    later format, and for a place that cannot be written.
    """
    if is_marked(root):
        return
    try:
        if is_store(root):
            if not is_shared(root):
                protect_tree(root)
        else:
            _refuse_strangers(root)
            make_root(root)
        # Under a name of its own: two processes may be here at once.
        handle, temporary = tempfile.mkstemp(dir=root, prefix=FORMAT_FILE, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps({"format": FORMAT, "made_by": MADE_BY}) + "\n")
        rename_durably(Path(temporary), root / FORMAT_FILE)
    except OSError as error:
        raise place_fault(root, error, OWN_STORE) from error


def _refuse_strangers(root: Path) -> None:
    names = sorted(path.name for path in root.iterdir()) if root.exists() else []
    strange = [name for name in names if not _HARMLESS.fullmatch(name)]
    if strange and not is_marked(root):  # by another process, since we looked
        if (root / FORMAT_FILE).is_file() and not (root / FORMAT_FILE).is_symlink():
            raise _damaged_mark(root)
        raise UserError(f"{root} holds other things ({strange[0]}) and is no store: name a new folder with --store.")


def has_own_manifest(folder: Path) -> bool:
    """Whether a folder STAGE/KEY holds a manifest that names STAGE and KEY, without a link on the way."""
    path = folder / "manifest.json"
    if not is_key(folder) or path.is_symlink() or not path.is_file():
        return False
    try:
        manifest: Any = json.loads(path.read_text("utf-8"))
        return (manifest["stage"], manifest["key"]) == (folder.parent.name, folder.name)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def is_key(folder: Path) -> bool:
    """Whether a folder is named as a stage's, and neither it nor the one above is a link."""
    return bool(_KEY.fullmatch(folder.name)) and not folder.is_symlink() and not folder.parent.is_symlink()
