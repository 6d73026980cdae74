"""How far reviewers agree on what both judged: Krippendorff's alpha over the decisions as they stand."""

from collections.abc import Mapping

from secondhalf.errors import UserError
from secondhalf.review.database import ReviewDatabase, ReviewDatabaseError
from secondhalf.review.log import LogSnapshot, ReviewLog
from secondhalf.statistics import Interval
from secondhalf.statistics.krippendorff import krippendorff_alpha


def pair_agreement(log: LogSnapshot) -> Interval | None:
    """On pairs, kept (as they stand or edited) or rejected; None where nothing was judged by two."""
    return krippendorff_alpha(_ratings(log, {"pair", "flagged"}, {"accept": "keep", "edit": "keep"}))


def comparison_agreement(log: LogSnapshot) -> Interval | None:
    """On which of two answers is better; None where nothing was judged by two."""
    return krippendorff_alpha(_ratings(log, {"comparison"}, {}))


def agreement_in(address: str) -> Interval | None:
    """On pairs, of the review whose decisions are in a database (a path, or postgresql://...). Raises UserError."""
    database = ReviewDatabase(address)
    try:
        return pair_agreement(ReviewLog(database).snapshot())
    except ReviewDatabaseError as error:
        raise UserError(f"The database of the review cannot be read ({error}): {error.mend}") from error
    finally:
        database.close()


def _ratings(log: LogSnapshot, kinds: set[str], names: Mapping[str, str]) -> list[list[str]]:
    return [
        [names.get(one.action, one.action) for one in standing.values()]
        for standing in log.standing.values()
        if len(standing) > 1 and next(iter(standing.values())).kind in kinds
    ]
