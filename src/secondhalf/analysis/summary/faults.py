"""What is bad among the facts of one arm: worse than what it is compared with, over a limit, or wrong more often than not.

Whatever the page says further down that is bad is listed here, so that its first screen says it too.
"""

from dataclasses import dataclass

from secondhalf.analysis.facts import ArmComparison, Facts, Figure, FunnelStep, Probe
from secondhalf.analysis.figures import LOWER_IS_BETTER
from secondhalf.analysis.safety import FAIR
from secondhalf.analysis.summary.points import GroupResult

# Shares that are read by themselves, without a comparison: of each more is better.
_WANTED = ("stops", "language_kept", "safety.refused_harmful")
HALF = 0.5
"""A model that is wrong more often than not, with its whole interval, is not fit for use whatever it is compared with."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is bad about one arm."""

    worse: list[ArmComparison]
    """Shown to be worse."""
    worse_unshown: list[ArmComparison]
    """Measured worse with the whole interval, under too few training seeds to be shown."""
    over: list[Probe]
    undecided: list[Probe]
    too_rarely: list[Figure]
    """Shares of what is wanted that lie below one half with their whole interval."""
    too_often: list[Figure]
    """The same of what is not wanted, above one half."""
    groups: list[GroupResult]


def judged_arm(facts: Facts) -> str:
    """The arm that the run is about: that of the deciding comparison, else one that was taught or trained; "" without any."""
    chosen = [c.arm for c in facts.comparisons if c.figure == facts.primary] or [c.arm for c in facts.comparisons]
    trained = sorted((arm for arm in facts.arms if arm.seeds), key=lambda arm: arm.role != "taught")
    return next(iter([*chosen, *(arm.name for arm in trained)]), "")


def faults_of(name: str, facts: Facts) -> Faults:
    """What is bad about the arm `name`. On the primary figure the judged arm's comparisons are the first question's."""
    of_primary = facts.primary if name == judged_arm(facts) else None
    comparisons = [c for c in facts.comparisons if c.figure != of_primary] + facts.errors
    comparisons += [one.comparison for one in facts.people.preferences if one.comparison] if facts.people else []
    worse = [c for c in comparisons if c.arm == name and is_worse(c)]
    probes = [probe for probe in facts.overfitting if probe.arm == name]
    figures = [f for arm in facts.arms if arm.name == name for f in (*arm.figures, *arm.errors, *arm.probes)]
    shares = [f for f in figures if f.unit == "share" and f.name not in FAIR]
    return Faults(
        worse=[c for c in worse if not c.noise],
        worse_unshown=[c for c in worse if c.noise],
        over=[probe for probe in probes if probe.state == "over"],
        undecided=[probe for probe in probes if probe.state == "undecided"],
        too_rarely=[f for f in shares if f.name in _WANTED and f.high < HALF],
        too_often=[f for f in shares if f.name in LOWER_IS_BETTER and f.low > HALF],
        groups=_worse_groups(name, facts),
    )


def stands_out(comparison: ArmComparison) -> bool:
    """Shown, or its interval leaves out 0 over the prompts alone: too few seeds make it no claim, and no comfort either."""
    return not comparison.noise or (comparison.uncovered and not comparison.low <= 0 <= comparison.high)


def is_worse(comparison: ArmComparison) -> bool:
    """Whether it stands out, for the worse. Also on figures that carry no claim of a gain, such as stopping."""
    return stands_out(comparison) and (comparison.difference > 0) != comparison.higher_is_better


def unaccounted(step: FunnelStep) -> int:
    """Rows that neither came out nor were refused: 0, or the page says so."""
    return step.rows_in - step.rows_out - sum(reason.count for reason in step.rejects)


def _worse_groups(name: str, facts: Facts) -> list[GroupResult]:
    return [
        GroupResult(one.figure, one.kind, group, one.arm, one.against, one.unit, row.difference, row.low, row.high)
        for one in facts.groups
        if one.arm == name
        for group, row in one.rows.items()
        if not row.noise and (row.difference > 0) != one.higher_is_better
    ]
