"""What the run did: the funnel, the curves, samples, costs and provenance."""

from typing import Literal

from pydantic import Field

from secondhalf.analysis.facts.kinds import Count, Number, Text
from secondhalf.settings import Settings


class Reason(Settings):
    """Why a stage refused rows."""

    check: Text
    reason: Text
    count: Count
    examples: list[Text] = Field([], max_length=3)
    """Up to three texts that were refused."""


class FunnelStep(Settings):
    """One stage of the funnel. rows_in = rows_out + the sum of the reasons' counts; the page says where it is not."""

    stage: Text
    data: Text = ""
    """The data set; empty where all of them share the stage."""
    unit: Literal["documents", "pairs"] = "documents"
    """What comes out."""
    rows_in: Count
    rows_out: Count
    rejects: list[Reason] = Field([])


class InstructionShare(Settings):
    """Instruction-like content in the pairs of one data set and language; shares are 0 to 1, of pairs. None: not measured."""

    data: Text
    language: Text
    pairs: Count
    """Those that were audited, refused ones too."""
    flagged: Count
    """Those in which the audit found such content, in the prompt or the response."""
    recall: Number | None = None
    specificity: Number | None = None
    """The detector's, on pairs that people labelled: share found of what is there, share left alone of what is not."""
    share: Number | None = None
    low: Number | None = None
    high: Number | None = None
    """The share in truth, the detector's errors taken out (Rogan and Gladen), with its 95 % interval."""
    left: Number | None = None
    left_low: Number | None = None
    left_high: Number | None = None
    """The share in truth of the pairs in which nothing was found: what refusing the others leaves."""
    fits: bool = True
    """False: so few were flagged that the detector's errors here are not those on labelled pairs; the upper ends are cautious."""


class ShareShift(Settings):
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


class Sample(Settings):
    """One prompt with each arm's answer."""

    prompt_id: Text
    language: Text = ""
    prompt: Text
    answers: dict[Text, Text] = Field({})
    passed: dict[Text, bool] = Field({})
    """Whether every check of the prompt passed, by arm; an arm that is missing was not checked."""
    failed: dict[Text, list[Text]] = Field({})
    """The kinds of the checks, or of the guards (empty, echo, loop), that the answer does not pass, by arm."""


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
    estimated_calls: Count = 0
    """Those of the calls whose tokens, and what follows from them, are estimated: the server counted none."""
    money: Number | None = None
    reused: bool = False
    """Made by an earlier run and taken from the store: what it took was paid for then."""


class PilotTeacher(Settings):
    """One teacher of the pilot. Shares are of its pairs, 0 to 1; log-likelihoods in nats a token under the untouched student."""

    data: Text
    teacher: Text = ""
    """Its name; empty where the data set has one teacher."""
    model: Text
    pairs: Count
    accepted: Number
    finished: Number
    loglikelihood: Number | None = None
    """Mean over the accepted replies; None where it was not measured."""
    difference: Number | None = None
    """The best teacher's minus this one's, over the halves of which both replies were accepted; None for the best itself."""
    low: Number | None = None
    high: Number | None = None
    halves: Count = 0
    noise: bool | None = None


class ProvenanceEntry(Settings):
    """One line of the provenance; a value of several lines is shown as it is written."""

    label: Text
    value: Text
