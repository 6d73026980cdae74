"""The gate's decisions in a run's folder: that none was changed since, and which were made about another state of the run."""

import json
from pathlib import Path

from secondhalf.analysis.flat.hashes import hash_of_run
from secondhalf.analysis.tables import RunTables
from secondhalf.runs import Run
from secondhalf.store.recorded import read_recorded

PATTERN = "gate/*.json"


def check_decisions(run: Run) -> None:
    """Raises UserError for a decision that is not as the gate wrote it."""
    for path in sorted(run.folder.glob(PATTERN)):
        read_recorded(path, "`secondhalf gate --keep` decides again.")


def note_on_decisions(run: Run) -> str:
    """One sentence that names the decisions that are not about the run as it is; "" where all of them are."""
    now = hash_of_run(RunTables(run))
    others = [
        path.relative_to(run.folder).as_posix()
        for path in sorted(run.folder.glob(PATTERN))
        if path.is_file() and _decided_about(path) != now
    ]
    return f"Decisions that are not about the run as it is now: {', '.join(others)}." if others else ""


def _decided_about(path: Path) -> object:
    """The hash of the run that a decision names; None where it names none, or cannot be read."""
    try:
        return json.loads(path.read_bytes())["hashes"]["run"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
