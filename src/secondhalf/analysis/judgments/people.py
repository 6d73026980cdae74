"""What people said of a run, as `secondhalf review RUN --report` recorded it beside their decisions."""

from pathlib import Path

from pydantic import ValidationError

from secondhalf.analysis.facts.people import PeopleReview
from secondhalf.errors import UserError
from secondhalf.runs import Run
from secondhalf.store.checksums import recorded
from secondhalf.store.recorded import read_recorded


def people_file(run: Run) -> Path:
    """Where the record stands."""
    return run.folder / "review" / "figures.json"


def people_review(run: Run) -> PeopleReview | None:
    """The record; None where there is none. Raises UserError for one that cannot be read."""
    path = people_file(run)
    if not path.is_file() and path.name not in recorded(path.parent):
        return None
    mend = f"`secondhalf review {run.folder.name} --report` writes it anew."
    try:
        return PeopleReview.model_validate_json(read_recorded(path, mend))
    except ValidationError as error:
        raise UserError(f"{path} cannot be read ({error.errors()[0]['msg']}): {mend}") from error
