"""A run's figures in one table: by name, arm and the arm that it is compared with. Copies intervals and makes no claim."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from secondhalf.analysis.facts import Arm, ArmComparison, Facts
from secondhalf.analysis.flat.kinds import EVERYDAY, GAIN, INSTRUCTION_SHARE, WORST_OF, FlatUnit, kind_of
from secondhalf.evaluate.invariance import Nuisance

Unshown = Literal["", "few_seeds", "noise", "moves", "choose"]


@dataclass(frozen=True, slots=True)
class FlatFigure:
    """One figure of a run with its 95 % interval; what was counted in full has both ends at its value."""

    name: str
    unit: FlatUnit
    value: float
    low: float
    high: float
    arm: str = ""
    """"": the run's. Of the gain, which is the run's too, the arm that is said to gain."""
    against: str = ""
    """The figure is `arm` minus this one."""
    seeds: int = 0
    """Training seeds behind it; 0: none of it was trained, or they are of no concern."""
    unshown: Unshown = ""
    """Of a comparison: why it shows nothing; "": it does."""
    moves_with: tuple[Nuisance, ...] = ()


Key = tuple[str, str, str]
"""name, arm, against"""


def flat_figures(
    facts: Facts, everyday: Mapping[str, float], instructions: Mapping[str, tuple[float, float, float]]
) -> dict[Key, FlatFigure]:
    """All figures of a run; the gain is under ("gain", "", "").

    By arm, of its pairs (see pairs.py): `everyday`: the share of the everyday prompts that stand in them; `instructions`: the
    share that is instruction-like, and its interval's ends.
    """
    gain = {(GAIN, "", ""): _gain(comparison, facts)} if (comparison := claimed(facts)) else {}
    rows = [*_of_run(facts), *_compared(facts)]
    for arm in facts.arms:
        own = [*_of_arm(arm), *_probes(arm, facts), *_contamination(arm, everyday)]
        rows += [*own, *_worst(own)]
        if arm.name in instructions:
            rows.append(FlatFigure(INSTRUCTION_SHARE, "share", *instructions[arm.name], arm.name))
    return gain | {(row.name, row.arm, row.against): row for row in rows}


def claimed(facts: Facts) -> ArmComparison | None:
    """The comparison that carries the claim: the first on the primary figure."""
    return next((one for one in facts.comparisons if one.figure == facts.primary), None)


def _counted(name: str, value: float, arm: str = "") -> FlatFigure:
    kind = kind_of(name)
    return FlatFigure(name, kind.unit if kind else "count", value, value, value, arm=arm)


def _of_run(facts: Facts) -> Iterator[FlatFigure]:
    if facts.costs:
        yield _counted("hours", sum(cost.seconds for cost in facts.costs) / 3600)
    money = [cost.money for cost in facts.costs if cost.money is not None]
    # Without an hour's price money is that of model calls alone, and where one is not known the sum is too small.
    if facts.machine_priced and money and len(money) == len(facts.costs):
        yield _counted("cost", sum(money))
        if facts.cost_per_pair is not None:
            yield _counted("cost_per_pair", facts.cost_per_pair)
    for name, spans in (
        ("judge_right", [judge.right for judge in facts.judges]),
        ("judge_flips", [judge.flips for judge in facts.judges]),
    ):
        known = [FlatFigure(name, "share", span.mean, span.low, span.high) for span in spans if span]
        if known and len(known) == len(spans):
            yield max(known, key=lambda one: -one.low if name == "judge_right" else one.high)


def _gain(comparison: ArmComparison, facts: Facts) -> FlatFigure:
    gain = replace(_comparison(comparison, facts), name=GAIN)
    if comparison.higher_is_better:
        return gain
    return replace(gain, value=-gain.value, low=-gain.high, high=-gain.low)  # it grows upwards all the same


def _compared(facts: Facts) -> Iterator[FlatFigure]:
    for comparison in [*facts.comparisons, *facts.errors]:
        yield _comparison(comparison, facts)


def _comparison(comparison: ArmComparison, facts: Facts) -> FlatFigure:
    c = comparison
    unshown: Unshown = "noise" if c.noise else ""
    if facts.claims == "choose":
        unshown = "choose"
    if c.uncovered:
        unshown = "few_seeds"
    if c.moves_with:
        unshown = "moves"
    return FlatFigure(
        c.figure, c.unit, c.difference, c.low, c.high, c.arm, c.against, c.seeds, unshown, tuple(c.moves_with)
    )


def _of_arm(arm: Arm) -> Iterator[FlatFigure]:
    if arm.seeds:
        yield _counted("pairs", arm.pairs, arm.name)
        yield _counted("seeds", len(arm.seeds), arm.name)
    for one in [*arm.figures, *arm.errors, *arm.probes]:
        yield FlatFigure(one.name, one.unit, one.mean, one.low, one.high, arm.name, seeds=len(arm.seeds))


def _probes(arm: Arm, facts: Facts) -> Iterator[FlatFigure]:
    for probe in (probe for probe in facts.overfitting if probe.arm == arm.name):
        yield FlatFigure(probe.figure, probe.unit, probe.difference, probe.low, probe.high, arm.name, seeds=probe.seeds)


def _contamination(arm: Arm, everyday: Mapping[str, float]) -> Iterator[FlatFigure]:
    shares = {EVERYDAY: everyday[arm.name]} if arm.name in everyday else {}
    for one in [*arm.figures, *arm.errors]:
        if one.contaminated is not None and one.prompts:
            benchmark, share = one.name.partition(".")[0], one.contaminated / one.prompts
            # Where a figure has gaps, fewer prompts stand behind it than were looked for.
            shares[benchmark] = max(min(1.0, share), shares.get(benchmark, 0.0))
    if arm.seeds:
        yield from (_counted(f"contamination.{name}", share, arm.name) for name, share in shares.items())
        if EVERYDAY in shares:
            yield _counted("contamination", max(shares.values()), arm.name)


def _worst(figures: Sequence[FlatFigure]) -> Iterator[FlatFigure]:
    by_name = {figure.name: figure for figure in figures}
    for name, parts in WORST_OF.items():
        if all(part in by_name for part in parts):
            yield worst(name, [by_name[part] for part in parts])


def worst(name: str, figures: Iterable[FlatFigure]) -> FlatFigure:
    """The largest mean and the largest ends of figures of which less is better."""
    rows = list(figures)
    value, low, high = (max(getattr(row, end) for row in rows) for end in ("value", "low", "high"))
    return replace(rows[0], name=name, value=value, low=low, high=high)
