"""What the decisions come to: the share that people keep, whether the sample is large enough to say so, which arm's answers they
prefer, how far they agree, and how fast each of them is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from secondhalf.audit.reviews import StandingDecision, resolve_decisions
from secondhalf.recipe.review import ReviewSettings
from secondhalf.review.agreement import comparison_agreement, pair_agreement
from secondhalf.review.assignment import Assignment
from secondhalf.review.log import UNDO, LogSnapshot, ReviewDecision
from secondhalf.review.preference_figures import PreferenceFigure, preference_figures
from secondhalf.statistics import Interval
from secondhalf.statistics.selection import wilson

_PAUSE = 600.0  # seconds after which a reviewer was away


@dataclass(frozen=True, slots=True)
class SampleFigure:
    """The share of the random sample that people keep, as it stands or edited, with its 95 % interval (Wilson's).

    `judged` counts the sample's beginning without a gap, which the share is of; `total` all of the run's pairs. `enough`: the
    interval is as narrow as was wanted.
    """

    kept: int
    edited: int
    judged: int
    total: int
    low: float
    high: float
    width: float
    enough: bool

    @property
    def share(self) -> float:
        """The share, 0 where nothing is judged."""
        return self.kept / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class PaceFigure:
    """One reviewer: their decisions without undone ones, the median seconds from one to the next (None below two), and the share
    that they keep."""

    reviewer: str
    role: str
    decisions: int
    undone: int
    seconds: float | None
    kept: float | None


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """All figures of a review. `agreement` is None where nothing was judged by two."""

    sample: SampleFigure
    preferences: list[PreferenceFigure]
    agreement: Interval | None
    comparison_agreement: Interval | None
    disputed: int
    pace: list[PaceFigure]


def review_figures(assignment: Assignment, settings: ReviewSettings) -> ReviewFigures:
    """The figures of the decisions as they stand."""
    log = assignment.log.snapshot()
    return ReviewFigures(
        sample=sample_figure(log, assignment.items.orders.get("random", []), settings),
        preferences=preference_figures(log, assignment.items.sources),
        agreement=pair_agreement(log),
        comparison_agreement=comparison_agreement(log),
        disputed=len(assignment.disputed()),
        pace=_pace(log),
    )


def sample_figure(log: LogSnapshot, order: Sequence[str], settings: ReviewSettings) -> SampleFigure:
    """The share over the beginning of the random order that is judged without a gap, in whichever queue it was judged.

    A gap ends it: what people judged beyond it, or sought out for its doubtfulness, is no random sample.
    """
    kept = edited = judged = 0
    for item in order:
        standing = log.standing.get(item)
        if not standing:
            break
        action = outcome(standing.values())
        judged += 1
        kept += action != "reject"
        edited += action == "edit"
    low, high = wilson(kept, judged) if judged else (0.0, 1.0)
    whole = judged == len(order) > 0
    enough = whole or (judged >= settings.least and high - low <= settings.width)
    return SampleFigure(kept, edited, judged, len(order), low, high, settings.width, enough)


def outcome(decisions: Iterable[ReviewDecision]) -> str:
    """What the standing decisions on a pair come to: accept, edit or reject."""
    return resolve_decisions(
        [StandingDecision(one.number, one.reviewer, one.role, one.action, one.text, one.reason) for one in decisions]
    ).action


def _pace(log: LogSnapshot) -> list[PaceFigure]:
    by_reviewer: dict[str, list[ReviewDecision]] = {}
    for row in log.rows:
        by_reviewer.setdefault(row.reviewer, []).append(row)
    standing: dict[str, list[ReviewDecision]] = {}
    for of_item in log.standing.values():
        for reviewer, row in of_item.items():
            standing.setdefault(reviewer, []).append(row)
    figures = []
    for name, rows in sorted(by_reviewer.items()):
        times = [datetime.fromisoformat(row.time).timestamp() for row in rows if row.source == "page"]
        gaps = [after - before for before, after in pairwise(times)]
        near = [gap for gap in gaps if 0 < gap <= _PAUSE]
        judged = [row for row in standing.get(name, ()) if row.kind != "comparison"]
        kept = sum(row.action != "reject" for row in judged) / len(judged) if judged else None
        decided = sum(row.action != UNDO for row in rows)
        seconds = median(near) if near else None
        figures.append(PaceFigure(name, rows[-1].role, decided, len(rows) - decided, seconds, kept))
    return figures
