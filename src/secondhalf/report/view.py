"""The facts laid out as the page shows them: columns, rows and totals, before any markup.

Everything is grouped in the order in which the facts hold it. Knows no HTML.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from secondhalf.analysis.facts import Arm, ArmComparison, Cost, Curve, Facts, Figure, FunnelStep, Grouped, Probe, Sample
from secondhalf.report import numbers
from secondhalf.report.plots.forest import shared_scale
from secondhalf.report.plots.scale import Scale

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Column:
    """One figure over all arms, with the decimals that its column is shown in. Arms without it are missing."""

    name: str
    digits: int
    cells: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Forest:
    """The comparisons on one figure, over one scale."""

    figure: str
    digits: int
    scale: Scale
    rows: list[ArmComparison]


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


def columns(arms: Sequence[Arm], which: Callable[[Arm], list[Figure]], first: str = "") -> list[Column]:
    """The figures of all arms, the one named `first` in front."""
    cells: dict[str, dict[str, Figure]] = {}
    for arm in arms:
        for figure in which(arm):
            cells.setdefault(figure.name, {})[arm.name] = figure
    ordered = sorted(cells, key=lambda name: name != first)
    return [Column(name, digits_of(cells[name].values()), cells[name]) for name in ordered]


def forests(facts: Facts) -> list[Forest]:
    """The comparisons by figure, the primary one's in front."""
    grouped = by(facts.comparisons, lambda c: (c.figure, c.unit))
    ordered = sorted(grouped, key=lambda key: key[0] != facts.primary)
    forest_rows = []
    for key in ordered:
        rows = grouped[key]
        digits = numbers.decimals([c.high - c.low for c in rows], rows[0].unit)
        forest_rows.append(Forest(key[0], digits, shared_scale(rows), rows))
    return forest_rows


def funnel(steps: Sequence[FunnelStep]) -> dict[str, list[FunnelStep]]:
    """The steps by data set; those that all share stand under the empty name."""
    return by(steps, lambda step: step.data)


def unaccounted(step: FunnelStep) -> int:
    """Rows that neither came out nor were refused: 0, or the page says so."""
    return step.rows_in - step.rows_out - sum(reason.count for reason in step.rejects)


def curves(facts: Facts) -> dict[str, list[Curve]]:
    """The curves that hold points, by arm."""
    return by([curve for curve in facts.losses if curve.points], lambda curve: curve.arm)


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


def before_and_after(facts: Facts, most: int = 3) -> list[Sample]:
    """The first answers of the untouched student beside those of the arm that is judged; empty where one of them is missing."""
    judged = next((c.arm for c in facts.comparisons if c.figure == facts.primary), "")
    student = {arm.name: arm.student for arm in facts.arms}.get(judged)
    before = next((arm.name for arm in facts.arms if arm.role == "untouched" and arm.student == student), "")
    shown = []
    for sample in facts.answers[:most] if before and judged != before else []:
        if before in sample.answers and judged in sample.answers:
            answers = {name: sample.answers[name] for name in (before, judged)}
            shown.append(sample.model_copy(update={"answers": answers}))
    return shown


Key = TypeVar("Key")


def by(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """Items grouped by a key, in their order."""
    grouped: dict[Key, list[Item]] = {}
    for item in items:
        grouped.setdefault(key(item), []).append(item)
    return grouped


def digits_of(figures: Iterable[Figure | Probe]) -> int:
    """The decimals of a column of figures with intervals."""
    rows = list(figures)
    return numbers.decimals([figure.high - figure.low for figure in rows], rows[0].unit)


def decimals_of(grouped: Grouped) -> int:
    """The decimals of a comparison's groups."""
    return numbers.decimals([row.high - row.low for row in grouped.rows.values()], grouped.unit)
