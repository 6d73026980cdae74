"""What lies behind the comparisons: groups of prompts, profiles, judges, and what training did beside teaching."""

from typing import Literal, Self

from pydantic import Field, model_validator

from secondhalf.analysis.facts.arms import check_overlap
from secondhalf.analysis.facts.kinds import Count, JudgeWarning, Number, Text, Unit
from secondhalf.settings import Settings


class Within(Settings):
    """A comparison within one group of prompts, in the figure's own unit; p is corrected over the groups (Holm)."""

    difference: Number
    low: Number
    high: Number
    p: Number
    prompts: Count
    noise: bool


class Grouped(Settings):
    """One comparison within each task category or language."""

    figure: Text
    unit: Unit = "share"
    kind: Literal["category", "language"]
    arm: Text
    against: Text
    higher_is_better: bool = True
    contaminated: Count | None = None
    """As that of the comparison over all prompts."""
    differ: Number
    """p of a permutation test that the difference is the same in all groups."""
    rows: dict[Text, Within]
    """The comparison by group, the one with the least gain first."""
    left_out: list[Text] = Field([])
    """Groups of a single prompt."""

    @model_validator(mode="after")
    def _states_overlap(self) -> Self:
        check_overlap(self.figure, self.contaminated)
        return self


class Profile(Settings):
    """Each arm's mean in each task category of one benchmark."""

    figure: Text
    unit: Unit = "share"
    axes: list[Text] = Field(min_length=3)
    arms: dict[Text, list[Number | None]]
    """One value an axis; None where nothing was scored."""


class Span(Settings):
    """A figure with its 95 % interval and how many things it rests on."""

    mean: Number
    low: Number
    high: Number
    count: Count


class Account(Settings):
    """How far one judge can be trusted, by answers whose order is known; None where too little of it could be read."""

    judge: Text
    items: Count
    """Pairs of answers that it was held to, each in both orders."""
    read: Number
    """The share of its judgments of this run's answers that could be read."""
    right: Span | None = None
    """How often it prefers the better answer; 0.5 is chance."""
    flips: Span | None = None
    """How often its verdict changes when the answers change places."""
    first: Span | None = None
    """How often it favours the answer shown first; 0.5 is fair."""
    length: Span | None = None
    """By how much the odds of winning rise when an answer is twice as long, over this run's comparisons; 1 is fair."""
    own: Span | None = None
    """By how many points of grade it favours models of its own family, held against the other judges; 0 is fair."""
    agree: dict[Text, Span] = Field({})
    """Cohen's kappa with each other judge."""
    family: Text = ""
    """The family of models that it shares with a teacher; empty where it shares none."""
    warnings: list[JudgeWarning] = Field([])
    """same_family: as the teacher's. blind: right is not above chance. unread: too few could be read. flips: too many."""


class Probe(Settings):
    """What training did to one arm beside teaching: one figure, what it is held against, and its limit.

    gap, leak_*: pairs that were trained on against held-out ones. forgotten_*: plain text after training against before.
    """

    arm: Text
    figure: Text
    unit: Unit = "share"
    value: Number
    """On pairs that were trained on, or after training."""
    baseline: Number
    """On held-out pairs, or before training."""
    untouched: Number | None = None
    """The untouched student's on the pairs that were trained on; None where it is the baseline."""
    difference: Number
    """By how much it is worse than the baseline; the gap's is relative to the untouched student, pair by pair."""
    low: Number
    high: Number
    noise: bool
    rows: Count
    """Pairs or documents behind `value`."""
    rows_baseline: Count
    seeds: Count = 1
    limit: Number
    """The most that the recipe allows."""
    state: Literal["within", "over", "undecided"]
    """within, over: the whole interval is. undecided: the limit lies inside the interval."""
