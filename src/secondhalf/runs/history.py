"""What a run was before its recipe changed: kept beside it, a folder for each change.

runs/NAME/history/1/   recipe.yaml, stages.json, report/, as they stood
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from secondhalf.store.files import make_folder
from secondhalf.store.recorded import write_recorded

FOLDER, LINKS = "history", "stages.json"


def keep_history(folder: Path) -> Path:
    """Copies the recipe and the links of the run in `folder` into its history and moves the report there; returns where."""
    kept = folder / FOLDER / str(1 + max((int(place.name) for place in _places(folder)), default=0))
    make_folder(kept)
    for name in ("recipe.yaml", LINKS):
        if (folder / name).is_file():
            write_recorded(kept / name, (folder / name).read_text("utf-8"))
    if (folder / "report").is_dir():
        shutil.move(folder / "report", kept / "report")
    return kept


def made_before(folder: Path) -> frozenset[str]:
    """STAGE/KEY of what the run in `folder` made itself before it changed: a link that comes back is not another run's."""
    made = set[str]()
    for place in _places(folder):
        try:
            rows = json.loads((place / LINKS).read_text("utf-8"))
            made |= {str(row["stage"]) for row in rows.values() if not row["reused"]}
        except (OSError, ValueError, LookupError, TypeError, AttributeError):  # told nowhere else, and decides no stage
            continue
    return frozenset(made)


def _places(folder: Path) -> Iterator[Path]:
    return (place for place in (folder / FOLDER).glob("*") if place.name.isdecimal())
