"""Everything the page shows, as plain data: facts.json, and what `secondhalf show RUN --json` prints.

Shares are 0 to 1, times in seconds, money in `currency`. Knows nothing of stages and makes no claim of its own: every
interval, p and `noise` is copied from statistics. Refuses unknown fields and numbers that are not finite.
"""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from secondhalf.settings import Settings


def _whole(value: Any) -> Any:
    """Lone surrogates written out, since neither UTF-8 nor JSON can hold them; other values as they are."""
    if not isinstance(value, str) or value.isascii():
        return value
    return "".join(f"\\u{ord(c):04x}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in value)


# Beyond the bounds a figure is a fault of its maker, and a plot's arithmetic could overflow.
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Text = Annotated[str, BeforeValidator(_whole)]
Unit = Literal["share", "nats", "points", "count"]
Role = Literal[
    "untouched", "control", "taught", "shuffled", "responses_only", "unaudited", "mixed", "transferred", "instructed", "magpie"
]  # fmt: skip

Measured = TypeVar("Measured", "Figure", "Comparison", "Grouped")


def is_benchmark(figure: str) -> bool:
    """True for the figures of benchmarks: they are named BENCHMARK.FIGURE."""
    return re.fullmatch(r"\w+\.\w+", figure) is not None


def _benchmarks_say_what_was_met(measured: Measured) -> Measured:
    name = measured.name if isinstance(measured, Figure) else measured.figure
    if is_benchmark(name) and measured.met is None:
        raise ValueError(f"{name}: no figure on a benchmark without how much of it was met in the training pairs")
    return measured


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
    met: Count | None = None
    """How many of the prompts were met in the arm's training pairs; None where the figure is no benchmark's."""

    _contaminated = model_validator(mode="after")(_benchmarks_say_what_was_met)


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
    preference: Figure | None = None
    """After preference training: the held-out pairs' mean reward of the response over that of the own half (beta times
    nats, 0 before), under the first seed; `prompts` counts those pairs."""
    figures: list[Figure] = Field([])
    """Figures of merit, the primary one among them."""
    probes: list[Figure] = Field([])
    """Habits of the answers (stopping, repetition): format, and no figure of merit."""


class Comparison(Settings):
    """`arm` minus `against` on one figure, in the figure's own unit, with its 95 % interval."""

    arm: Text
    against: Text
    figure: Text
    unit: Unit = "share"
    difference: Number
    low: Number
    high: Number
    p: Number
    prompts: Count
    seeds: Count = 1
    """Training seeds of `arm`; 1 also where it is not trained."""
    seeds_against: Count = 1
    noise: bool
    """True unless the interval leaves out 0 and p < 0.05."""
    smallest: Number
    """The smallest true difference that this size shows 4 times in 5; 0: unknown."""
    higher_is_better: bool = True
    met: Count | None = None
    """How many of the prompts were met in the training pairs of either arm; None where the figure is no benchmark's."""

    _contaminated = model_validator(mode="after")(_benchmarks_say_what_was_met)


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
    met: Count | None = None
    """As that of the comparison over all prompts."""
    differ: Number
    """p of a permutation test that the difference is the same in all groups."""
    sentence: Text
    """Where it holds and where it is least, as statistics say it."""
    rows: dict[Text, Within]
    """The comparison by group, the one with the least gain first."""
    left_out: list[Text] = Field([])
    """Groups of a single prompt."""

    _contaminated = model_validator(mode="after")(_benchmarks_say_what_was_met)


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
    agree: dict[Text, Span] = Field({})
    """Cohen's kappa with each other judge."""
    warnings: list[Text] = Field([])


class Reason(Settings):
    """Why a stage refused rows."""

    check: Text
    reason: Text
    count: Count
    examples: list[Text] = Field([], max_length=3)
    """Up to three texts that were refused."""


class Step(Settings):
    """One stage of the funnel. rows_in = rows_out + the sum of the reasons' counts; the page says where it is not."""

    stage: Text
    data: Text = ""
    """The data set; empty where all of them share the stage."""
    unit: Literal["documents", "pairs"] = "documents"
    """What comes out."""
    rows_in: Count
    rows_out: Count
    rejects: list[Reason] = Field([])


class Shift(Settings):
    """A category of documents whose share cleaning changed by more than chance would. Shares are 0 to 1."""

    kind: Text
    """source, language, topic or group."""
    name: Text
    before: Number
    after: Number
    low: Number
    high: Number
    """95 % interval of the difference, after minus before."""


class Point(Settings):
    """One optimizer step of a training run; losses in nats a supervised token."""

    step: Count
    tokens: Count = 0
    """Supervised tokens seen so far; 0: unknown."""
    loss: Number | None = None
    held_out: Number | None = None


class Curve(Settings):
    """The losses of one arm under one training seed."""

    arm: Text
    seed: int
    points: list[Point] = Field([])
    best: Count | None = None
    """The step whose weights were kept; None: the last."""
    stopped: bool = False
    """True when training stopped before all its steps were done."""


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


class Sample(Settings):
    """One prompt with each arm's answer."""

    prompt_id: Text
    language: Text = ""
    prompt: Text
    answers: dict[Text, Text] = Field({})
    passed: dict[Text, bool] = Field({})
    """Whether every check of the prompt passed, by arm; an arm that is missing was not checked."""


class Cost(Settings):
    """What one stage took. None: not known."""

    stage: Text
    label: Text = ""
    """The data set, the arm or the seed that it was for."""
    seconds: Number
    model_calls: Count = 0
    journal_calls: Count = 0
    """Those of the calls whose replies were in the journal already: they cost nothing this time."""
    prompt_tokens: Count = 0
    response_tokens: Count = 0
    money: Number | None = None
    reused: bool = False
    """Made by an earlier run and taken from the store: what it took was paid for then."""


class Entry(Settings):
    """One line of the provenance; a value of several lines is shown as it is written."""

    label: Text
    value: Text


class Facts(Settings):
    """One run, told whole."""

    name: Text
    title: Text = ""
    """Empty: the run's name."""
    language: Literal["en", "ja"] = "en"
    created: Text = ""
    """ISO 8601 time."""
    note: Text = ""
    """A sentence of the recipe's author, shown under the title."""
    primary: Text = ""
    """The primary figure, named before looking. The verdict is the first comparison on it."""
    claims: Text = "locked"
    """The part of the prompts that was used: `locked`, kept back for claims, or `choose`, for choosing settings."""
    arms: list[Arm] = Field([])
    comparisons: list[Comparison] = Field([])
    """The one that decides comes first: taught against the control with the texts' own halves, where there is one."""
    groups: list[Grouped] = Field([])
    """The comparisons on the primary figure and on each benchmark's, by task category and by language."""
    profiles: list[Profile] = Field([])
    """Where each arm is strong and weak, for benchmarks of several categories."""
    judges: list[Account] = Field([])
    """Whom the judged figures rest on; empty where nothing is judged."""
    funnel: list[Step] = Field([])
    shifts: list[Shift] = Field([])
    """What cleaning moved; the categories that it did not move are only counted."""
    shifts_compared: Count = 0
    """Sources, languages, topics and groups that were compared before and after cleaning; 0: none were."""
    losses: list[Curve] = Field([])
    overfitting: list[Probe] = Field([])
    """Leaks, the gap and forgetting, by figure and then arm; empty where nothing was probed."""
    answers: list[Sample] = Field([])
    costs: list[Cost] = Field([])
    currency: Text = "USD"
    machine_priced: bool = True
    """False: the recipe names no price of a machine's hour, and money is that of model calls alone."""
    cost_per_pair: Number | None = None
    """What one accepted pair cost, machine and model calls together."""
    human_cost_per_pair: Number | None = None
    """What one pair costs when a person writes it: the recipe's own figure."""
    unchecked: list[Text] = Field([])
    """What was not checked, a sentence each."""
    notices: list[Text] = Field([])
    """Licences and terms that bind whoever uses the result."""
    provenance: list[Entry] = Field([])
