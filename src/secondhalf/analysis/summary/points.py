"""What an answer is made of: a mark, and points that name their evidence. The report puts them into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from secondhalf.analysis.facts import ArmComparison, Figure, Probe

Question = Literal["worked", "safe", "cost", "unchecked", "next"]
Mark = Literal["yes", "no", "unshown"]
Name = Literal[
    # Did it work?
    "better", "worse_than", "noise", "unshown", "unclaimed", "no_comparison", "chosen_on", "passes", "fails",
    # Is it safe to use?
    "safety_off", "refuses", "over", "worse", "worse_unshown", "too_rarely", "too_often", "worse_groups", "undecided",
    "not_probed", "nothing_bad", "others",
    # What did it cost?
    "took", "took_known", "took_all", "kept", "money", "money_unknown", "pair", "pair_calls", "pair_unknown", "human",
    # What was not checked? The names in `Unchecked` stand beside these.
    "no_list", "judge_warning", "contaminated", "instructions_left", "rows_lost",
    # What next?
    "seeds", "pairs", "prompts", "safety_on", "forgetting", "leaks", "regressions", "probe_more", "probes_on", "confirm",
    "judge", "decontaminate", "price", "rows", "people", "trial",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A comparison within one group of prompts; differences are in `unit`, as those of `Within`."""

    figure: str
    kind: Literal["category", "language"]
    group: str
    arm: str
    against: str
    unit: Literal["share", "nats", "points", "count"]
    difference: float
    low: float
    high: float


Evidence = ArmComparison | Figure | Probe | GroupResult


@dataclass(frozen=True, slots=True)
class SummaryPoint:
    """One thing to say: its name, what it rests on, and numbers by the name of the place that they fill.

    Numbers: `time` in seconds; `money` and `human` in the report's currency; `share`, `low` and `high` 0 to 1; others are counts.
    """

    name: Name | str
    bad: bool = False
    evidence: tuple[tuple[str, Evidence], ...] = ()
    """Each with the arm that it is of, "" for the one that is judged."""
    values: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SummaryAnswer:
    """The answer to one question; the point that matters most comes first."""

    question: Question
    mark: Mark
    points: tuple[SummaryPoint, ...]
