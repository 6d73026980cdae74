"""The answers of one model to questions of two turns: the second is asked after the model's own answer to the first."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from secondhalf.evaluate.answers import PER_PART, STRIDE
from secondhalf.models.local import Local
from secondhalf.models.template import Template
from secondhalf.rows import Answer, from_table, to_table
from secondhalf.store import Stage


class Asked(Protocol):
    """A question of two turns."""

    @property
    def id(self) -> str: ...
    @property
    def turns(self) -> tuple[str, str]: ...


Question = TypeVar("Question", bound=Asked)


def conversations(
    model: Local,
    template: Template,
    prompts: Sequence[Question],
    temperature: Callable[[Question], float],
    max_tokens: int,
    seed: int,
    stage: Stage,
    label: str,
) -> dict[str, tuple[Answer, Answer]]:
    """Writes the stage's answers- tables, ids ID#1 and ID#2, those that are missing; returns both by the prompt's id.

    An answer that was cut at its limit goes into the conversation as it is.
    """
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        if not stage.has("answers", index):
            some = sorted(prompts[start : start + PER_PART], key=temperature)
            given = []
            for warmth, alike in groupby(some, key=temperature):
                given += _both(model, template, list(alike), warmth, max_tokens, seed + STRIDE * index, label)
            stage.write("answers", index, to_table(Answer, sorted(given, key=lambda answer: answer.id)))
    found = {answer.id: answer for answer in from_table(Answer, stage.read("answers"))}
    return {prompt.id: (found[f"{prompt.id}#1"], found[f"{prompt.id}#2"]) for prompt in prompts}


def _both(
    model: Local, template: Template, prompts: Sequence[Asked], warmth: float, max_tokens: int, seed: int, label: str
) -> list[Answer]:
    said: list[list[str]] = [[prompt.turns[0]] for prompt in prompts]
    given = []
    for turn in (1, 2):
        replies = model.generate(
            [template.encode_turns(model.tokenizer, turns) for turns in said],
            max_tokens=max_tokens,
            temperature=warmth,
            seed=seed + turn,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            label=f"{label} turn {turn}",
        )
        for prompt, turns, (text, finish, tokens) in zip(prompts, said, replies, strict=True):
            given.append(Answer(f"{prompt.id}#{turn}", text, finish, tokens))
            turns += [text, prompt.turns[1]]
    return given
