"""The facts laid out as the page shows them: columns, rows and totals, before any markup.

Everything is grouped in the order in which the facts hold it. Knows no HTML.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from secondhalf.analysis.facts import (
    Arm,
    ArmComparison,
    Curve,
    Facts,
    Figure,
    FunnelStep,
    Grouped,
    Probe,
    Profile,
    Sample,
)
from secondhalf.analysis.summary.faults import judged_arm
from secondhalf.report import numbers
from secondhalf.report.plots.forest import shared_scale
from secondhalf.report.plots.scale import Scale
from secondhalf.report.words import label

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


def curves(facts: Facts) -> dict[str, list[Curve]]:
    """The curves that hold points, by arm."""
    return by([curve for curve in facts.losses if curve.points], lambda curve: curve.arm)


def before_and_after(facts: Facts, most: int = 3) -> list[Sample]:
    """The first answers of the untouched student beside those of the arm that is judged; empty where one of them is missing."""
    judged = judged_arm(facts)
    student = {arm.name: arm.student for arm in facts.arms}.get(judged)
    before = next((arm.name for arm in facts.arms if arm.role == "untouched" and arm.student == student), "")
    shown = []
    for sample in facts.answers[:most] if before and judged != before else []:
        if before in sample.answers and judged in sample.answers:
            answers = {name: sample.answers[name] for name in (before, judged)}
            shown.append(sample.model_copy(update={"answers": answers}))
    return shown


def failed_names(words: Mapping[str, str], kinds: Iterable[str]) -> str:
    """The checks that an answer fails, each once, in the page's words."""
    return words["item_join"].join(dict.fromkeys(label(words, "category", kind) for kind in kinds))


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


def group_names(words: Mapping[str, str], grouped: Grouped) -> str:
    """The groups that were left out, in the page's words."""
    return words["item_join"].join(label(words, grouped.kind, name) for name in grouped.left_out)


def named_axes(words: Mapping[str, str], profile: Profile) -> Profile:
    """A profile whose axes have the page's words."""
    return profile.model_copy(update={"axes": [label(words, "category", axis) for axis in profile.axes]})
