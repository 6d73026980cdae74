"""Which stages of the store a run points to: runs/NAME/stages.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.runs.labels import Label
from secondhalf.store import Stage
from secondhalf.store.checksums import recorded
from secondhalf.store.recorded import read_recorded, write_recorded


@dataclass(frozen=True)
class Link:
    """Where a run's stage stands in the store, and whether an earlier run made it."""

    stage: str
    """STAGE/KEY, the folder's path in the store."""
    reused: bool


def links_file(folder: Path) -> Path:
    """Where the run in `folder` keeps its links."""
    return folder / "stages.json"


def place_of(stage: Stage) -> str:
    """STAGE/KEY."""
    return f"{stage.name}/{stage.key}"


def read_links(folder: Path) -> dict[Label, Link]:
    """The links of the run in `folder`; none where nothing is made yet. Raises UserError when they are damaged."""
    path, mend = links_file(folder), "`secondhalf run RECIPE` writes it again, and makes no stage for it."
    if not path.is_file() and path.name not in recorded(folder):
        return {}
    text = read_recorded(path, mend)
    try:
        rows = json.loads(text)
        return {Label.parse(label): Link(row["stage"], bool(row["reused"])) for label, row in rows.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({str(error).splitlines()[0]}): {mend}") from error


def write_links(folder: Path, links: Mapping[Label, Link]) -> None:
    """Writes the links of the run in `folder`, all of them. Raises UserError."""
    rows = {str(label): {"stage": link.stage, "reused": link.reused} for label, link in links.items()}
    write_recorded(links_file(folder), json.dumps(rows, indent=2) + "\n")
