"""The answers of one model to many prompts: asked together, kept part by part, so that a stopped run goes on."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from secondhalf.models.local import Local
from secondhalf.models.template import Template
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage

VERSION = 3  # raised by hand when equal settings give other answers, or parts of another size
PER_PART = 256  # prompts answered between two saved parts
STRIDE = 1_000_003  # between two parts' seeds: far from every seed that a person would choose


class Asked(Protocol):
    """A prompt of any kind."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...


class Drawn(Protocol):
    """How answers are drawn."""

    @property
    def max_tokens(self) -> int: ...
    @property
    def temperature(self) -> float: ...
    @property
    def seed(self) -> int: ...


def answers(
    model: Local, template: Template, settings: Drawn, prompts: Sequence[Asked], stage: Stage, label: str
) -> dict[str, Answer]:
    """Writes the stage's answers- tables, those that are missing, and returns all answers by their prompt's id."""
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        if not stage.has("answers", index):
            some = prompts[start : start + PER_PART]
            seed = settings.seed + STRIDE * index
            stage.write("answers", index, to_table(Answer, _drawn(model, template, settings, some, seed, label)))
    return {answer.id: answer for answer in from_table(Answer, stage.read("answers"))}


def _drawn(
    model: Local, template: Template, settings: Drawn, prompts: Sequence[Asked], seed: int, label: str
) -> Iterator[Answer]:
    replies = model.generate(
        [template.encode_prompt(model.tokenizer, prompt.text) for prompt in prompts],
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=seed,
        stop_ids=template.stop_ids(model.tokenizer),
        stop_text=template.frame(model.tokenizer).stop,
        label=f"{label} answers",
    )
    for prompt, (text, finish, tokens) in zip(prompts, replies, strict=True):
        yield Answer(prompt.id, text, finish, tokens)
