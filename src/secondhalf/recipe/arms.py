"""An arm's settings, a data set's, and whether a recipe's fit together."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from secondhalf.audit.stage import AuditSettings
from secondhalf.baselines.settings import InstructionSettings, MagpieSettings
from secondhalf.models.chat.template import EXAMPLES
from secondhalf.settings import Decides, Once, Settings, Share
from secondhalf.split.settings import SplitSettings
from secondhalf.teach.settings import TeachSettings
from secondhalf.text.nearest import hint
from secondhalf.train.prefer.settings import PreferSettings
from secondhalf.train.settings import TrainSettings

ARM = "arm:"
"""Begins the reference of a student that is an arm of the same recipe, its adapter merged into the weights."""


class DataSettings(Settings):
    """One data set: the same documents, split, taught and audited its own way; or a baseline, made of no documents."""

    split: SplitSettings = SplitSettings()
    """Where documents are cut in two."""

    teach: TeachSettings = TeachSettings()
    """Who writes the second half."""

    audit: AuditSettings = AuditSettings()
    """Which pairs are trained on."""

    instructions: InstructionSettings | None = None
    """Instruction data from a file instead: nothing is split or taught, and the audit looks and refuses nothing."""

    magpie: MagpieSettings | None = None
    """An instruct model writes user turns and answers them instead (arXiv 2406.08464); audited as `instructions` are."""

    @property
    def baseline(self) -> bool:
        """Made of no documents."""
        return self.instructions is not None or self.magpie is not None

    @property
    def taught(self) -> bool:
        """Its responses are a teacher's, to the first halves of documents."""
        return not self.baseline and not self.teach.original


class ArmSettings(Settings):
    """One model to compare: a student, and what it is trained on."""

    student: Annotated[str, Decides("run")]
    """A name under `students`."""

    data: Annotated[dict[str, Share], Decides("run")] = Field({})
    """The data sets it is trained on, with their weights: {taught: 1}, or {taught: 0.8, mine: 0.2} for a mixture. Weights
    are shares of the supervised tokens, since those are what the loss averages over; the scarcest data set decides the
    size, and nothing is repeated. Empty: the student stays untouched."""

    pairing: Literal["paired", "shuffled", "none"] = "paired"
    """paired: each reply under its own half. shuffled: under another document's half of the same language and of like
    length. none: no prompt before the reply (arXiv 2409.14254): the template's frame around an empty one, so the reply
    stands where it stands in evaluation."""

    equal_tokens: Annotated[str | None, Decides("run")] = None
    """An arm with fewer supervised tokens: this one's pairs are cut, by a hash of their ids, to as many."""

    schedule: Literal["mixed", "then"] = "mixed"
    """mixed: all pairs shuffled together. then: every epoch of the first data set, and after it those of the next."""

    adapter_from: Annotated[str | None, Decides("run")] = None
    """An arm of another student, a sibling of this one: its adapters, one a training seed, are applied without training."""

    temperature: Annotated[Annotated[float, Field(ge=0.01, le=100)] | Literal["fitted"], Decides("run")] = 1.0
    """Every logit is divided by this before a likelihood is read and before an answer is sampled; greedy answers stay what they
    are. fitted: what makes the good answers to the prompts to choose on likeliest, of an arm that is not trained: the
    untouched student at its best sharpness, which a likelihood figure has to beat."""

    scale: Annotated[float, Decides("run")] = Field(1.0, gt=0, le=2)
    """With adapter_from: the strength of that arm's adapter, of the same student or a sibling. 0.25 to 1.25 trade gain for what
    the student knew, and nothing is trained. The adapter that is written has it, so export and serving have it too."""

    compare_to: Annotated[list[str], Once, Decides("run")] = Field([])
    """Arms to compare this one with. Empty: the untouched arm of the same student, and where only the pairing or the audit
    was changed, the arm that has it unchanged."""

    train: Annotated[TrainSettings, Decides("run")] = TrainSettings()
    """How it is trained: what is said here is laid over the recipe's `train`."""

    prefer: Annotated[PreferSettings | None, Decides("run")] = None
    """After fine-tuning, preference training: the data set's responses over the texts' own second halves, or what people chose
    over what they turned down. Absent: none."""

    @property
    def trained(self) -> bool:
        """Whether it answers with an adapter, its own or another arm's."""
        return bool(self.data) or self.adapter_from is not None

    @property
    def untouched(self) -> bool:
        """Whether it is its student as it comes: not trained, not sharpened, and shown no examples."""
        return not self.trained and self.temperature == 1 and self.train.template.name not in EXAMPLES

    @property
    def composed(self) -> bool:
        """Whether its pairs are others than one data set's, as they are."""
        return len(self.data) > 1 or self.pairing != "paired" or self.equal_tokens is not None


def known(field: str, name: str | None, names: Mapping[str, object]) -> None:
    """Raises ValueError where a field names something that is not there."""
    if name is not None and name not in names:
        raise ValueError(f"{field}: there is no {name!r}{hint(name, names)}")


def check_data(data: Mapping[str, DataSettings]) -> None:
    """Raises ValueError for data sets that do not fit together."""
    for name, one in data.items():
        like = one.teach.like
        if one.instructions and one.magpie:
            raise ValueError(f"data.{name}: instructions and magpie are two data sets; give each a name of its own")
        if one.baseline and like:
            raise ValueError(f"data.{name}: a baseline mirrors no other data set: remove teach.like")
        known(f"data.{name}.teach.like", like, data)
        if like and data[like].teach.like:
            raise ValueError(f"data.{name}.teach.like: {like} is a control itself; name what it mirrors")
        if like and data[like].baseline:
            raise ValueError(
                f"data.{name}.teach.like: {like} is made of no documents, so its pairs have no second halves"
            )


def check_students(arms: Mapping[str, ArmSettings], students: Mapping[str, str]) -> None:
    """Raises ValueError for students that are arms which cannot be."""
    for name, reference in students.items():
        arm = reference.removeprefix(ARM)
        if arm == reference:
            continue
        known(f"students.{name}", arm, arms)
        base = students.get(arms[arm].student, "")
        if not arms[arm].data or base.startswith(ARM):
            raise ValueError(
                f"students.{name}: {arm} must be trained on data, and its student must not be an arm itself"
            )


def check_teaching(data: Mapping[str, DataSettings], students: Mapping[str, str]) -> None:
    """Raises ValueError for a student that teaching needs and that is not there, or is trained only afterwards."""
    untrained = [name for name, reference in students.items() if not reference.startswith(ARM)]
    for name, one in data.items():
        teach, field = one.teach, f"data.{name}.teach"
        if one.baseline:
            continue
        known(f"{field}.student", teach.student or None, students)
        drafts = teach.draft.model if teach.drafts and teach.draft and not teach.draft.server.served else ""
        for part, student in (("student", teach.student), ("draft.model", drafts)):
            if students.get(student, "").startswith(ARM):
                raise ValueError(
                    f"{field}.{part}: {student} is an arm, trained after the data sets; name an untrained one"
                )
        if one.taught and teach.choose == "student" and teach.replies > 1 and not teach.student and len(untrained) != 1:
            raise ValueError(f"{field}.student: choose: student needs one; there are {', '.join(untrained) or 'none'}")


def check_arms(arms: Mapping[str, ArmSettings], data: Mapping[str, DataSettings], students: Mapping[str, str]) -> None:
    """Raises ValueError for arms that do not fit together."""
    for name, arm in arms.items():
        field = f"arms.{name}"
        known(f"{field}.student", arm.student, students)
        for other in arm.data:
            known(f"{field}.data", other, data)
        for other in arm.compare_to:
            known(f"{field}.compare_to", other, arms)
        if name in arm.compare_to:
            raise ValueError(f"{field}.compare_to: an arm is compared with others; take {name} away")
        if len(arm.data) == 1 and next(iter(arm.data.values())) != 1:
            raise ValueError(f"{field}.data: a single data set has the weight 1; a mixture names two")
        if arm.composed and not arm.data:
            raise ValueError(f"{field}: pairing and equal_tokens change what an arm is trained on: name its data")
        if arm.temperature == "fitted" and arm.trained:
            raise ValueError(f"{field}.temperature: fitted goes with an arm that is not trained; write a number")
        _check_equal(field, arm, arms)
        _check_transfer(field, arm, arms)
        if arm.prefer:
            _check_prefer(field, arm, data)


def _check_prefer(field: str, arm: ArmSettings, data: Mapping[str, DataSettings]) -> None:
    if arm.prefer and arm.prefer.people:
        if not arm.data or arm.adapter_from:
            raise ValueError(
                f"{field}.prefer: it goes on from the arm's own adapter: name the data that it is trained on"
            )
    elif arm.composed or arm.adapter_from or not any(data[one].taught for one in arm.data):
        raise ValueError(
            f"{field}.prefer: it needs one data set whose responses a teacher wrote to the texts' own first halves, or people: "
            "{path: FILE}"
        )


def _check_equal(field: str, arm: ArmSettings, arms: Mapping[str, ArmSettings]) -> None:
    known(f"{field}.equal_tokens", arm.equal_tokens, arms)
    if arm.equal_tokens is None:
        return
    other = arms[arm.equal_tokens]
    if other.equal_tokens or not other.data:
        raise ValueError(f"{field}.equal_tokens: {arm.equal_tokens} must be trained on data, and not be cut itself")


def _check_transfer(field: str, arm: ArmSettings, arms: Mapping[str, ArmSettings]) -> None:
    known(f"{field}.adapter_from", arm.adapter_from, arms)
    if arm.adapter_from is None:
        if arm.scale != 1:
            raise ValueError(
                f"{field}.scale: it is the strength of another arm's adapter; name that arm as adapter_from"
            )
        return
    source = arms[arm.adapter_from]
    if arm.data:
        raise ValueError(f"{field}: an arm is trained on data or takes over adapter_from, not both")
    if not source.data:
        raise ValueError(f"{field}.adapter_from: {arm.adapter_from} is not trained, so it has no adapter of its own")
    if arm.scale != 1 and (source.train.method != "lora" or source.train.turn_tokens == "train"):
        raise ValueError(f"{field}.scale: only an adapter of method lora with turn_tokens: frozen has a strength")
    if source.student == arm.student and arm.scale == 1:
        raise ValueError(
            f"{field}.adapter_from: {arm.adapter_from} has the same student; name a sibling's, or set scale"
        )
