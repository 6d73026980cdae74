"""The answers of models to many prompts: generated together, kept as they come, so that a stopped run goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, Unpack

from secondhalf.evaluate.prompt import Prompt
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.options import Watching
from secondhalf.models.generation.partial_answers import KeptTokens, PartialAnswers, remove_all
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage

ANSWERS_VERSION = (3,)  # raised by hand when equal settings give other answers, or parts of another size
PER_PART = 256  # prompts answered between two saved parts
SEED_STRIDE = 1_000_003  # between two parts' seeds: far from every seed that a person would choose
AdapterStages = Sequence[tuple[Path | None, Stage]]
"""The adapters that answer, None for the base alone, each with the stage that keeps its answers."""
Kept = Mapping[str, Sequence[KeptTokens]]
"""By the kinds of a part, for each of the models: where its answers are kept as they come."""


@dataclass(frozen=True)
class SamplingOptions:
    """How answers are sampled."""

    max_tokens: int
    """Longest answer, in the student's tokens."""
    temperature: float
    """0 is greedy."""
    seed: int


class AnswerPart(Protocol):
    """Prompts that are answered together, by several models in the same batches: here, or by a worker on a node."""

    @property
    def kinds(self) -> Sequence[str]:
        """The names under which what is under way is kept."""

    @property
    def count(self) -> int:
        """How many answers each model writes."""

    def answer(
        self,
        model: StudentModel,
        template: Template,
        adapters: Sequence[Path | None],
        kept: Kept,
        **watching: Unpack[Watching],
    ) -> list[list[Answer]]:
        """The answers of the model with each of the adapters."""


@dataclass(frozen=True)
class PromptPart:
    """Prompts of one turn: ids and texts."""

    prompts: Sequence[tuple[str, str]]
    sampling: SamplingOptions
    kinds: ClassVar[Sequence[str]] = ("partial",)

    @property
    def count(self) -> int:
        return len(self.prompts)

    def answer(
        self,
        model: StudentModel,
        template: Template,
        adapters: Sequence[Path | None],
        kept: Kept,
        **watching: Unpack[Watching],
    ) -> list[list[Answer]]:
        ids = [template.encode_prompt(model.tokenizer, text) for _, text in self.prompts]
        replies = model.generate_each(
            [(adapter, ids) for adapter in adapters],
            max_tokens=self.sampling.max_tokens,
            temperature=self.sampling.temperature,
            seed=self.sampling.seed,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            kept=kept["partial"],
            **watching,
        )
        return [
            [Answer(id, *reply) for (id, _), reply in zip(self.prompts, of_model, strict=True)] for of_model in replies
        ]


def prompt_parts(prompts: Sequence[Prompt], sampling: SamplingOptions) -> list[PromptPart]:
    """The prompts part by part, each with seeds of its own."""
    return [
        PromptPart(
            [(prompt.id, prompt.text) for prompt in prompts[start : start + PER_PART]],
            SamplingOptions(sampling.max_tokens, sampling.temperature, sampling.seed + SEED_STRIDE * index),
        )
        for index, start in enumerate(range(0, len(prompts), PER_PART))
    ]


def generate_answers(
    model: StudentModel,
    template: Template,
    sampling: SamplingOptions,
    prompts: Sequence[Prompt],
    stages: AdapterStages,
    label: str,
) -> None:
    """Writes the stages' answers- tables, those that are missing: see `answer_parts`."""
    answer_parts(model, template, prompt_parts(prompts, sampling), stages, label)


def answer_parts(
    model: StudentModel, template: Template, parts: Sequence[AnswerPart], stages: AdapterStages, label: str
) -> None:
    """Writes the stages' answers- tables, those that are missing.

    A part that one of the stages lacks is generated for all, from where its answers stopped: those of bf16 depend, in a last
    digit, on what else is in their batch.
    """
    adapters = [adapter for adapter, _ in stages]
    for index, part in enumerate(parts):
        if not is_written(part, index, stages):
            kept = kept_of(part, index, stages)
            write_part(part, index, stages, part.answer(model, template, adapters, kept, label=label))


def is_written(part: AnswerPart, index: int, stages: AdapterStages) -> bool:
    """Whether all stages have a part; then nothing of it is under way any more."""
    if not all(stage.has("answers", index) for _, stage in stages):
        return False
    _forget(part, index, stages)
    return True


def kept_of(part: AnswerPart, index: int, stages: AdapterStages) -> dict[str, list[PartialAnswers]]:
    """Where a part is kept as it comes."""
    return {kind: [PartialAnswers(stage, kind, index) for _, stage in stages] for kind in part.kinds}


def write_part(part: AnswerPart, index: int, stages: AdapterStages, answers: Sequence[Sequence[Answer]]) -> None:
    """Writes what `answer` of a part returned."""
    for (_, stage), of_stage in zip(stages, answers, strict=True):
        stage.write("answers", index, to_table(Answer, of_stage))
    _forget(part, index, stages)


def _forget(part: AnswerPart, index: int, stages: AdapterStages) -> None:
    for of_kind in kept_of(part, index, stages).values():
        remove_all(of_kind)


def read_answers(stage: Stage) -> dict[str, Answer]:
    """A stage's answers by their prompt's id."""
    return {answer.id: answer for answer in from_table(Answer, stage.read("answers"))}


def read_texts(stage: Stage) -> dict[str, str]:
    """The texts of a stage's answers by their prompt's id."""
    return {id: answer.text for id, answer in read_answers(stage).items()}
