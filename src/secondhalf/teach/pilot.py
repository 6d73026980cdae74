"""The first pairs go through teach and audit before the rest is paid for (DESIGN: pilot)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.models.costs.budget import Budget
from secondhalf.models.finish import has_ended
from secondhalf.settings import Settings


class PilotSettings(Settings):
    """When to stop after the first pairs. Limits are shares, 0 to 1."""

    pairs: int = Field(100, ge=0)
    """How many pairs the pilot takes. 0: no pilot."""

    rank: bool = True
    """Where teachers can be compared, several in one data set or data sets with one split, each of them writes the pilot's pairs,
    and they are ranked before the rest is paid for: by the share that the audit accepts, the share that came to an end, and how
    likely the untouched student finds what was accepted. The other teachers' replies to these pairs are paid for too."""

    max_rejected: float = Field(0.9, ge=0, le=1)
    """Stop when the audit refuses more than this share."""

    max_unfinished: float = Field(0.9, ge=0, le=1)
    """Stop when more than this share of replies reach the length limit."""

    max_hours: float | None = Field(None, gt=0)
    """Stop when teaching the rest would take longer than this."""

    max_dollars: float | None = Field(None, gt=0)
    """Stop when teaching the rest would cost more than this, in US dollars, calls and machine together."""


@dataclass(frozen=True)
class PilotMeasure:
    """What one teacher's pilot took and gave; `share` is how much of the data set it writes, 0 to 1."""

    attempted: int
    rejected: int
    unfinished: int
    seconds: float
    dollars: float
    share: float = 1.0

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "PilotMeasure":
        """The measure that a manifest keeps."""
        return cls(**kept)


class PilotClock:
    """Watches the clock and the budget while one teacher's pilot runs."""

    def __init__(self, budget: Budget) -> None:
        self._budget, self._start, self._dollars = budget, time.monotonic(), budget.dollars

    def measure(self, taught: pa.Table, rejects: pa.Table, accepted: pa.Table, share: float = 1.0) -> PilotMeasure:
        """Of the pairs that were taught, those that the teacher refused, and those of the taught that the audit accepts."""
        attempted = taught.num_rows + rejects.num_rows
        unfinished = sum(not has_ended(finish) for finish in taught.column("finish").to_pylist())
        seconds, dollars = time.monotonic() - self._start, self._budget.dollars - self._dollars
        return PilotMeasure(attempted, attempted - accepted.num_rows, unfinished, round(seconds, 2), dollars, share)


def check_limits(data: str, total: int, measures: Sequence[PilotMeasure], limits: PilotSettings) -> None:
    """Raises UserError with the figures when a data set's pilot passes a limit. `total` is how many pairs there are in all.

    Several teachers count by their shares.
    """
    measures = [measure for measure in measures if measure.attempted]
    if not measures:
        return
    whole = sum(measure.share for measure in measures)

    def mean(values: Sequence[float]) -> float:
        rated = zip(measures, values, strict=True)
        return sum(measure.share * value / measure.attempted for measure, value in rated) / whole

    rest = total - max(measure.attempted for measure in measures)
    rejected = mean([measure.rejected for measure in measures])
    unfinished = mean([measure.unfinished for measure in measures])
    hours = mean([measure.seconds for measure in measures]) * rest / 3600
    cost = mean([measure.dollars for measure in measures]) * rest
    attempted = sum(measure.attempted for measure in measures)
    figures = (
        f"of {attempted} pilot pairs of {data}, {rejected:.0%} were rejected and {unfinished:.0%} unfinished; "
        f"the other {rest} would take {hours:.1f} hours and {cost:.2f} dollars"
    )
    for name, value, limit in (
        ("max_rejected", rejected, limits.max_rejected),
        ("max_unfinished", unfinished, limits.max_unfinished),
        ("max_hours", hours, limits.max_hours),
        ("max_dollars", cost, limits.max_dollars),
    ):
        if limit is not None and value > limit:
            raise UserError(
                f"Stopped after the pilot, past pilot.{name} = {limit}: {figures}. "
                "Mend teach or audit, or raise the limit."
            )
