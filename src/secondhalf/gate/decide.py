"""Holds a run's figures to a policy's limits. What was not measured, or not shown, keeps no limit."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from secondhalf.analysis.facts import Facts
from secondhalf.analysis.flat.figures import FlatFigure, Key, claimed
from secondhalf.analysis.flat.kinds import GAIN, INSTRUCTION_SHARE, REVIEW_AGREEMENT, FlatUnit, kind_of
from secondhalf.analysis.overfitting import limits_of
from secondhalf.analysis.safety import SAFETY
from secondhalf.errors import UserError
from secondhalf.evaluate.invariance import Nuisance
from secondhalf.gate.policy import FigureLimit, Policy
from secondhalf.recipe.report import LimitSettings

Mark = Literal["yes", "no", "unmeasured"]
Why = Literal[
    "", "beyond", "few_seeds", "noise", "moves", "choose", "unclaimed", "uncompared", "unreviewed", "detector", "unpriced",
    "currency", "safety", "toxicity", "probes", "not_measured",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One limit, the figure that was held to it, and how it came out."""

    limit: FigureLimit
    arm: str
    """Whose figure; "" where it is the run's."""
    unit: FlatUnit
    figure: FlatFigure | None
    """None: not measured."""
    mark: Mark
    why: Why = ""
    """Why it is not kept; "" where it is."""
    moves_with: tuple[Nuisance, ...] = ()
    excepted: bool = False
    """It is not kept, and need not be yet."""
    expired: bool = False
    """It is not kept, and an exception to it has ended."""

    @property
    def settled(self) -> bool:
        """Whether it is kept, or need not be yet."""
        return self.mark == "yes" or self.excepted


@dataclass(frozen=True, slots=True)
class Decision:
    """A run held to a policy on a day."""

    policy: Policy
    run: str
    day: date
    rows: tuple[Judged, ...]
    currency: str
    primary: str
    """The figure that the run's claim is about."""
    policy_hash: str
    """SHA-256 of the policy's file; so are the others, of the run and of its facts (analysis/flat/hashes.py)."""
    run_hash: str
    facts_hash: str

    @property
    def failed(self) -> list[Judged]:
        """The musts that are not kept."""
        return [row for row in self.rows if row.limit.severity == "must" and not row.settled]

    @property
    def remarks(self) -> list[Judged]:
        """The shoulds that are not kept."""
        return [row for row in self.rows if row.limit.severity == "should" and not row.settled]

    @property
    def excepted(self) -> list[Judged]:
        """What is not kept and need not be yet."""
        return [row for row in self.rows if row.excepted]

    @property
    def passed(self) -> bool:
        """Whether every must is kept, or need not be yet."""
        return not self.failed


def judge_limits(
    policy: Policy, path: str, facts: Facts, figures: Mapping[Key, FlatFigure], day: date
) -> tuple[Judged, ...]:
    """Every limit of the policy, in its order. `path` names the policy in errors.

    Raises UserError for an arm that the run does not have or that is held against itself, for a limit on an arm's figure where it
    is open whose, and where two limits turn out to be on one figure.
    """
    rows = tuple(_judge(limit, policy, path, facts, figures, day) for limit in policy.limits)
    seen = set()
    for row in rows:
        key = (row.limit.figure, row.arm, row.limit.against)
        if key in seen:
            raise UserError(
                f"{path}: {row.limit.figure} of {row.arm} has a limit already, where no arm is named: put both bounds into one."
            )
        seen.add(key)
    return rows


def _judge(
    limit: FigureLimit, policy: Policy, path: str, facts: Facts, figures: Mapping[Key, FlatFigure], day: date
) -> Judged:
    kind = kind_of(limit.figure)
    assert kind is not None  # the policy was read
    arm = _arm(limit, policy, path, facts) if kind.of_arm else ""
    if limit.against:
        _check_arm(limit.against, path, facts)
        if limit.against == arm:
            raise UserError(f"{path}: {limit.figure}: {arm} is held against itself: name another arm in `against`.")
    figure = figures.get((limit.figure, arm, limit.against))
    why = _why(limit, figure, policy, facts)
    mark: Mark = "yes" if not why else "unmeasured" if figure is None or why == "currency" else "no"
    exception = limit.exception if mark != "yes" else None
    return Judged(
        limit=limit,
        arm=arm,
        unit=figure.unit if figure else kind.unit,
        figure=figure if mark != "unmeasured" else None,
        mark=mark,
        why=why,
        moves_with=figure.moves_with if figure else (),
        excepted=exception is not None and day <= exception.until,
        expired=exception is not None and day > exception.until,
    )


def _arm(limit: FigureLimit, policy: Policy, path: str, facts: Facts) -> str:
    """The arm that a limit names; else the policy's, the one that carries the claim, the only one that is taught or trained."""
    if name := limit.arm or policy.arm:
        return _check_arm(name, path, facts)
    if comparison := claimed(facts):
        return comparison.arm
    taught = [arm.name for arm in facts.arms if arm.role == "taught"]
    trained = [arm.name for arm in facts.arms if arm.seeds]
    for names in (taught, trained):
        if len(names) == 1:
            return names[0]
    raise UserError(
        f"{path}: {limit.figure} is an arm's, and the run has no comparison that carries its claim: write `arm:` into the limit "
        f"({', '.join(arm.name for arm in facts.arms)})."
    )


def _check_arm(name: str, path: str, facts: Facts) -> str:
    arms = [arm.name for arm in facts.arms]
    if name not in arms:
        near = difflib.get_close_matches(name, arms, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(arms)}."
        raise UserError(f"{path}: the run {facts.name} has no arm {name}; {hint}")
    return name


def _why(limit: FigureLimit, figure: FlatFigure | None, policy: Policy, facts: Facts) -> Why:
    """Why a limit is not kept; "" where it is."""
    if figure is None:
        return _unmeasured(limit)
    if figure.unit == "money" and facts.currency != policy.currency:
        return "currency"
    # A bound that allows a loss asks for no proof of a gain, but it does for training noise that is covered.
    allows_loss = (limit.at_least is None or limit.at_least < 0) and (limit.at_most is None or limit.at_most > 0)
    if limit.is_claim and figure.unshown and not (figure.unshown == "noise" and allows_loss):
        return figure.unshown
    low_enough = limit.at_most is None or figure.high <= limit.at_most
    high_enough = limit.at_least is None or figure.low >= limit.at_least
    return "" if low_enough and high_enough else "beyond"


def _unmeasured(limit: FigureLimit) -> Why:
    """Why a figure was not measured, as far as its name tells: what the recipe has to ask for."""
    figure = limit.figure
    by_name: dict[str, Why] = {
        GAIN: "unclaimed",
        REVIEW_AGREEMENT: "unreviewed",
        INSTRUCTION_SHARE: "detector",
        **dict.fromkeys(("cost", "cost_per_pair"), "unpriced"),
        **dict.fromkeys((*limits_of(LimitSettings()), "forgetting", "leaks"), "probes"),
        **dict.fromkeys((*SAFETY, "refusals", "personal_data"), "safety"),
        **dict.fromkeys(("toxicity", "safety.toxic", "safety.continued_toxic"), "toxicity"),
    }
    return "uncompared" if limit.against else by_name.get(figure, "not_measured")
