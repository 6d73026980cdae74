"""Which runs use which stages, written down in the store itself: so prune keeps what a run needs, wherever it is started.

store/used-by/HASH.json   one a run: its folder, seen from the store, and its stages by label, also those not whole yet
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.store.checksums import is_damaged
from secondhalf.store.faults import is_allowed
from secondhalf.store.recorded import read_recorded, write_recorded

_FOLDER = "used-by"


@dataclass(frozen=True)
class StoreUser:
    """A run that used the store. `stages`: STAGE/KEY of what it named."""

    file: Path
    run: Path
    stages: frozenset[str]

    @property
    def state(self) -> str:
        """One of present, removed (its folder is gone, the one that it stood in is not) and out of sight."""
        try:
            if self.run.is_dir():
                return "present" if is_allowed(self.run, os.R_OK | os.X_OK) else "out of sight"
            return "removed" if self.run.parent.is_dir() else "out of sight"
        except OSError:  # a folder that we may not look into
            return "out of sight"


def write_user(root: Path, run: Path, stages: Mapping[str, str]) -> None:
    """Writes down what the run in the folder `run` uses: STAGE/KEY by label, beside what it named before.

    A label that it named before is replaced. Raises UserError when the store cannot be written.
    """
    file = _file(root, run)
    before = _read_stages(file)
    after = {**before, **stages}
    if after != before:
        # Seen from the store, so that both may be moved together.
        place = os.path.relpath(run.resolve(), root.resolve())
        write_recorded(file, json.dumps({"run": place, "stages": after}, indent=1, sort_keys=True) + "\n")


def _read_stages(file: Path) -> dict[str, str]:
    """What a run named before; nothing where its file is damaged: it names its stages again as it comes to them."""
    try:
        stages = json.loads(read_recorded(file, ""))["stages"] if file.is_file() else {}
        return {str(label): str(place) for label, place in stages.items()}
    except (UserError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def forget_user(root: Path, run: Path) -> None:
    """Forgets what the run in a folder used: another run begins there, or it was removed."""
    _file(root, run).unlink(missing_ok=True)


def read_users(root: Path) -> list[StoreUser]:
    """The runs that used the store. Raises UserError for a file that is damaged."""
    users = []
    for file in sorted((root / _FOLDER).glob("*.json")):
        try:
            if is_damaged(file):
                raise ValueError("its checksum is another")
            user = json.loads(file.read_text("utf-8"))
            stages = frozenset(user["stages"].values())
            users.append(StoreUser(file, (root.resolve() / user["run"]).resolve(), stages))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(
                f"{file} is damaged, so it cannot be told what its run uses: remove it and carry that run on, or remove it "
                "if the run is gone."
            ) from error
    return users


def _file(root: Path, run: Path) -> Path:
    return root / _FOLDER / f"{digest(str(run.resolve()), size=16)}.json"
