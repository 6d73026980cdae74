"""The answers of models to many prompts: asked together, kept part by part, so that a stopped run goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage

ANSWERS_VERSION = (3,)  # raised by hand when equal settings give other answers, or parts of another size
PER_PART = 256  # prompts answered between two saved parts
STRIDE = 1_000_003  # between two parts' seeds: far from every seed that a person would choose
Stages = Sequence[tuple[Path | None, Stage]]
"""The adapters that are asked, None for the base alone, each with the stage that keeps its answers."""


class Asked(Protocol):
    """A prompt of any kind."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Drawing:
    """How answers are drawn."""

    max_tokens: int
    """Longest answer, in the student's tokens."""
    temperature: float
    """0 is greedy."""
    seed: int


def answers(
    model: StudentModel, template: Template, drawing: Drawing, prompts: Sequence[Asked], stages: Stages, label: str
) -> None:
    """Writes the stages' answers- tables, those that are missing.

    A part that one of the stages lacks is asked of all: answers of bf16 depend, in a last digit, on what else is in their
    batch, and a run that was stopped ends as one that was not.
    """
    ids = [template.encode_prompt(model.tokenizer, prompt.text) for prompt in prompts]
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        if all(stage.has("answers", index) for _, stage in stages):
            continue
        part_ids = ids[start : start + PER_PART]
        replies = model.generate_each(
            [(adapter, part_ids) for adapter, _ in stages],
            max_tokens=drawing.max_tokens,
            temperature=drawing.temperature,
            seed=drawing.seed + STRIDE * index,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            label=label,
        )
        for (_, stage), stage_replies in zip(stages, replies, strict=True):
            rows = [Answer(prompt.id, *reply) for prompt, reply in zip(prompts[start:], stage_replies, strict=False)]
            stage.write("answers", index, to_table(Answer, rows))


def given(stage: Stage) -> dict[str, Answer]:
    """A stage's answers by their prompt's id."""
    return {answer.id: answer for answer in from_table(Answer, stage.read("answers"))}


def texts(stage: Stage) -> dict[str, str]:
    """The same without how they ended."""
    return {id: answer.text for id, answer in given(stage).items()}
