"""Sums of what a run's stages took, and how many of the taught pairs were kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from secondhalf.analysis.facts import Cost, Facts


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some costs; money is None when none of them is known."""

    seconds: float
    model_calls: int
    journal_calls: int
    prompt_tokens: int
    response_tokens: int
    estimated_calls: int
    money: float | None
    partly: bool
    """True when some of the costs do not know their money: the sum is a lower bound."""


def total(costs: Iterable[Cost], *, reused: bool) -> Total:
    """What this run took; with `reused` also what its stages from the store took when they were made."""
    counted = [cost for cost in costs if reused or not cost.reused]
    known = [cost.money for cost in counted if cost.money is not None]
    return Total(
        sum(cost.seconds for cost in counted),
        sum(cost.model_calls for cost in counted),
        sum(cost.journal_calls for cost in counted),
        sum(cost.prompt_tokens for cost in counted),
        sum(cost.response_tokens for cost in counted),
        sum(cost.estimated_calls for cost in counted),
        sum(known) if known else None,
        len(known) < len(counted),
    )


def kept_pairs(facts: Facts) -> tuple[int, int]:
    """The pairs that the audit kept of those that a teacher was asked for; (0, 0) where none was asked."""
    taught = {cost.label for cost in facts.costs if cost.stage == "teach" and cost.model_calls}
    steps = [step for step in facts.funnel if step.data in taught]
    kept = sum(step.rows_out for step in steps if step.stage == "audit")
    return kept, sum(step.rows_in for step in steps if step.stage == "teach")
