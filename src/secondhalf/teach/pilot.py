"""The first pairs go through teach and audit before the rest is paid for (DESIGN: pilot)."""

import time

import pyarrow as pa
from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.models.costs.budget import Budget
from secondhalf.settings import Settings


class PilotSettings(Settings):
    """When to stop after the first pairs. Limits are shares, 0 to 1."""

    pairs: int = Field(100, ge=0)
    """How many pairs the pilot takes. 0: no pilot."""

    max_rejected: float = Field(0.9, ge=0, le=1)
    """Stop when the audit refuses more than this share."""

    max_unfinished: float = Field(0.9, ge=0, le=1)
    """Stop when more than this share of replies reach the length limit."""

    max_hours: float | None = Field(None, gt=0)
    """Stop when teaching the rest would take longer than this."""

    max_dollars: float | None = Field(None, gt=0)
    """Stop when teaching the rest would cost more than this, in US dollars, calls and machine together."""


class Pilot:
    """Watches the clock and the budget while the first pairs of a data set are taught, then judges.

    `total` is how many pairs there are in all.
    """

    def __init__(self, data: str, total: int, limits: PilotSettings, budget: Budget) -> None:
        self._data, self._total, self._limits, self._budget = data, total, limits, budget
        self._start, self._dollars = time.monotonic(), budget.dollars

    def weigh(self, taught: pa.Table, rejects: pa.Table, accepted: pa.Table) -> None:
        """Raises UserError with the figures when the pilot's pairs pass a limit."""
        attempted = taught.num_rows + rejects.num_rows
        if not attempted:
            return
        seconds, dollars = time.monotonic() - self._start, self._budget.dollars - self._dollars
        rest = self._total - attempted
        rejected = 1 - accepted.num_rows / attempted
        unfinished = sum(finish != "stop" for finish in taught.column("finish").to_pylist()) / attempted
        hours, cost = seconds / attempted * rest / 3600, dollars / attempted * rest
        figures = (
            f"of {attempted} pilot pairs of {self._data}, {rejected:.0%} were rejected and {unfinished:.0%} unfinished; "
            f"the other {rest} would take {hours:.1f} hours and {cost:.2f} dollars"
        )
        limits = self._limits
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
