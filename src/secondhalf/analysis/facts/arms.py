"""What was measured of each model, and every comparison of two."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from secondhalf.analysis.facts.kinds import Count, Number, Role, Text, Unit, is_benchmark
from secondhalf.evaluate.invariance import Nuisance
from secondhalf.settings import Settings
from secondhalf.statistics import Comparison


def check_overlap(figure: str, contaminated: int | None) -> None:
    """Raises ValueError for a figure on a benchmark that does not say how many prompts were met in the training pairs."""
    if is_benchmark(figure) and contaminated is None:
        raise ValueError(f"{figure}: no figure on a benchmark without how much of it was met in the training pairs")


class Figure(Settings):
    """One figure of one arm: its mean with the 95 % interval."""

    name: Text
    """The score's name, such as `checks` or `margin`."""
    unit: Unit = "share"
    """share: 0 to 1, shown as percent. nats: per token. points: a judge's scale. count: a plain number."""
    mean: Number
    low: Number
    high: Number
    prompts: Count
    seeds: Count = 1
    """Training seeds; 1 also for a model that is not trained."""
    contaminated: Count | None = None
    """How many of the prompts were met in the arm's training pairs; None where the figure is no benchmark's."""

    @model_validator(mode="after")
    def _states_overlap(self) -> Self:
        check_overlap(self.name, self.contaminated)
        return self


class Arm(Settings):
    """One model that was compared."""

    name: Text
    role: Role | Literal[""] = ""
    """untouched: not trained. control: trained on the texts' own second halves. taught: on the teacher's. shuffled,
    responses_only, unaudited: on those with the pairing or the audit changed. mixed: on several data sets. transferred:
    another student's adapter. instructed, magpie: on data made of no text."""
    student: Text
    template: Text = ""
    seeds: list[int] = Field([])
    """The training seeds; empty for an arm that is not trained."""
    pairs: Count = 0
    supervised_tokens: Count = 0
    """Tokens with a label in one pass over the pairs: those of the responses and their ends."""
    perplexity: Figure | None = None
    """Of the replies under the student before training: the exponent of their mean loss a token, a plain number."""
    surprise: Figure | None = None
    """How much less likely the replies are to that student than its own words would be: nats a token."""
    preference: Figure | None = None
    """After preference training: the held-out pairs' mean reward of the response over that of the own half, of what people chose
    over that of what they turned down (beta times nats, 0 before), under the first seed; `prompts` counts those pairs."""
    people: Count = 0
    """How many preferences of people it was trained on after fine-tuning; held-out ones are not among them."""
    figures: list[Figure] = Field([])
    """Figures of merit, the primary one among them."""
    errors: list[Figure] = Field([])
    """Errors and safety: refusals, personal data, false statements, contradictions, stereotypes."""
    probes: list[Figure] = Field([])
    """Habits of the answers (stopping, repetition): format, and no figure of merit."""


class ArmComparison(Settings):
    """`arm` minus `against` on one figure, in the figure's own unit, with its 95 % interval."""

    arm: Text
    against: Text
    figure: Text
    unit: Unit = "share"
    difference: Number
    low: Number
    high: Number
    p: Number
    """Corrected for the number of comparisons on the page, but for the one that decides and those on errors."""
    prompts: Count
    seeds: Count = 1
    """Training seeds of `arm`; 1 also where it is not trained."""
    seeds_against: Count = 1
    noise: bool
    """True unless the interval leaves out 0, p < 0.05 and training noise is covered."""
    uncovered: bool = False
    """A trained arm has fewer than three training seeds: the interval covers the choice of prompts alone; nothing is shown."""
    smallest: Number
    """The smallest true difference that this size shows 4 times in 5; 0: unknown."""
    higher_is_better: bool = True
    contaminated: Count | None = None
    """How many of the prompts were met in the training pairs of either arm; None where the figure is no benchmark's."""
    moves_with: list[Nuisance] = []
    """What the figure moves with when nothing was learned (evaluate/invariance.py): not empty, no verdict rests on it."""

    @classmethod
    def of(cls, arm: str, against: str, figure: str, result: Comparison, **fields: Any) -> Self:
        """The comparison as statistics has it, with names. `fields`: those that it does not have."""
        return cls(
            arm=arm,
            against=against,
            figure=figure,
            difference=result.difference,
            low=result.low,
            high=result.high,
            p=result.p,
            prompts=result.prompts,
            seeds=result.seeds_a,
            seeds_against=result.seeds_b,
            noise=result.noise,
            uncovered=result.uncovered,
            smallest=result.smallest,
            **fields,
        )

    @model_validator(mode="after")
    def _states_overlap(self) -> Self:
        check_overlap(self.figure, self.contaminated)
        return self
