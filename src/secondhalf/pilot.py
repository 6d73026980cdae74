"""The first pairs go through teach and audit before the rest is paid for (DESIGN: pilot)."""

from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.mapper import Batch
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


def weigh(data: str, taught: Batch, audited: Batch, seconds: float, total: int, limits: PilotSettings) -> None:
    """Raises UserError with the figures when the pilot's pairs pass a limit.

    `seconds` is what teaching them took, `total` how many pairs there are in all.
    """
    asked = taught[0].num_rows + taught[1].num_rows
    if not asked:
        return
    rejected = 1 - audited[0].num_rows / asked
    finishes = taught[0].column("finish").to_pylist()
    unfinished = sum(finish != "stop" for finish in finishes) / asked
    hours = seconds / asked * (total - asked) / 3600
    figures = (
        f"of {asked} pilot pairs of {data}, {rejected:.0%} were rejected and {unfinished:.0%} unfinished; "
        f"the other {total - asked} would take {hours:.1f} hours"
    )
    for name, value, limit in (
        ("max_rejected", rejected, limits.max_rejected),
        ("max_unfinished", unfinished, limits.max_unfinished),
        ("max_hours", hours, limits.max_hours),
    ):
        if limit is not None and value > limit:
            raise UserError(
                f"Stopped after the pilot, past pilot.{name} = {limit}: {figures}. Mend teach or audit, or raise the limit."
            )
