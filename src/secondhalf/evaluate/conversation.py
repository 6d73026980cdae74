"""The answers of models to questions of two turns: the second is asked after each model's own answer to the first."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

from secondhalf.evaluate.answers import PER_PART, STRIDE, Stages
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, to_table


class Asked(Protocol):
    """A question of two turns."""

    @property
    def id(self) -> str: ...
    @property
    def turns(self) -> tuple[str, str]: ...


Question = TypeVar("Question", bound=Asked)


def conversations(
    model: StudentModel,
    template: Template,
    prompts: Sequence[Question],
    temperature: Callable[[Question], float],
    max_tokens: int,
    seed: int,
    stages: Stages,
    label: str,
) -> None:
    """Writes the stages' answers- tables, ids ID#1 and ID#2, those that are missing; see answers.py.

    An answer that was cut at its limit goes into the conversation as it is.
    """
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        if all(stage.has("answers", index) for _, stage in stages):
            continue
        some = sorted(prompts[start : start + PER_PART], key=temperature)
        given: list[list[Answer]] = [[] for _ in stages]
        for warmth, alike in groupby(some, key=temperature):
            drawn = warmth, max_tokens, seed + STRIDE * index
            both = _both(model, template, list(alike), drawn, stages, label)
            given = [[*held, *new] for held, new in zip(given, both, strict=True)]
        for (_, stage), said in zip(stages, given, strict=True):
            stage.write("answers", index, to_table(Answer, sorted(said, key=lambda answer: answer.id)))


def _both(
    model: StudentModel,
    template: Template,
    prompts: Sequence[Asked],
    drawn: tuple[float, int, int],
    stages: Stages,
    label: str,
) -> list[list[Answer]]:
    """Of each stage's model, both answers to each prompt."""
    warmth, max_tokens, seed = drawn
    said: list[list[list[str]]] = [[[prompt.turns[0]] for prompt in prompts] for _ in stages]
    given: list[list[Answer]] = [[] for _ in stages]
    for turn in (1, 2):
        replies = model.generate_each(
            [
                (adapter, [template.encode_turns(model.tokenizer, turns) for turns in own])
                for (adapter, _), own in zip(stages, said, strict=True)
            ],
            max_tokens=max_tokens,
            temperature=warmth,
            seed=seed + turn,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            label=f"{label} turn {turn}",
        )
        for own, found, texts in zip(said, given, replies, strict=True):
            for prompt, turns, (text, finish, tokens) in zip(prompts, own, texts, strict=True):
                found.append(Answer(f"{prompt.id}#{turn}", text, finish, tokens))
                turns += [text, prompt.turns[1]]
    return given
