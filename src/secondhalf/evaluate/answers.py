"""The answers of models to many prompts: generated together, kept as they come, so that a stopped run goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from secondhalf.evaluate.prompt import Prompt
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.partial_answers import PartialAnswers, remove_all
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage

ANSWERS_VERSION = (3,)  # raised by hand when equal settings give other answers, or parts of another size
PER_PART = 256  # prompts answered between two saved parts
SEED_STRIDE = 1_000_003  # between two parts' seeds: far from every seed that a person would choose
AdapterStages = Sequence[tuple[Path | None, Stage]]
"""The adapters that answer, None for the base alone, each with the stage that keeps its answers."""


@dataclass(frozen=True)
class SamplingOptions:
    """How answers are sampled."""

    max_tokens: int
    """Longest answer, in the student's tokens."""
    temperature: float
    """0 is greedy."""
    seed: int


def generate_answers(
    model: StudentModel,
    template: Template,
    sampling: SamplingOptions,
    prompts: Sequence[Prompt],
    stages: AdapterStages,
    label: str,
) -> None:
    """Writes the stages' answers- tables, those that are missing.

    A part that one of the stages lacks is generated for all, from where its answers stopped: those of bf16 depend, in a last
    digit, on what else is in their batch.
    """
    ids = [template.encode_prompt(model.tokenizer, prompt.text) for prompt in prompts]
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        kept = [PartialAnswers(stage, "partial", index) for _, stage in stages]
        if all(stage.has("answers", index) for _, stage in stages):
            remove_all(kept)
            continue
        part_ids = ids[start : start + PER_PART]
        replies = model.generate_each(
            [(adapter, part_ids) for adapter, _ in stages],
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            seed=sampling.seed + SEED_STRIDE * index,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            label=label,
            kept=kept,
        )
        for (_, stage), stage_replies in zip(stages, replies, strict=True):
            rows = [Answer(prompt.id, *reply) for prompt, reply in zip(prompts[start:], stage_replies, strict=False)]
            stage.write("answers", index, to_table(Answer, rows))
        remove_all(kept)


def read_answers(stage: Stage) -> dict[str, Answer]:
    """A stage's answers by their prompt's id."""
    return {answer.id: answer for answer in from_table(Answer, stage.read("answers"))}


def read_texts(stage: Stage) -> dict[str, str]:
    """The texts of a stage's answers by their prompt's id."""
    return {id: answer.text for id, answer in read_answers(stage).items()}
