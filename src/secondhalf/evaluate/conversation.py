"""The answers of models to prompts of two turns: the second turn follows each model's own answer to the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar, Unpack

from secondhalf.evaluate.answers import PER_PART, SEED_STRIDE, Kept, SamplingOptions
from secondhalf.evaluate.prompt import TwoTurnPrompt
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.options import Watching
from secondhalf.models.generation.partial_answers import KeptTokens
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer

AnyTwoTurnPrompt = TypeVar("AnyTwoTurnPrompt", bound=TwoTurnPrompt)
Turns = tuple[str, tuple[str, str]]
"""A prompt's id and its turns."""


@dataclass(frozen=True)
class ConversationPart:
    """Prompts of two turns, in groups of one temperature, each with its sampling. Answers have the ids ID#1 and ID#2."""

    groups: Sequence[tuple[SamplingOptions, Sequence[Turns]]]

    @property
    def kinds(self) -> list[str]:
        # Of each group and turn: turn 2 of one goes on behind the whole of its turn 1.
        return [_kind(number, turn) for number in range(len(self.groups)) for turn in (1, 2)]

    @property
    def count(self) -> int:
        return 2 * sum(len(prompts) for _, prompts in self.groups)

    def answer(
        self,
        model: StudentModel,
        template: Template,
        adapters: Sequence[Path | None],
        kept: Kept,
        **watching: Unpack[Watching],
    ) -> list[list[Answer]]:
        """By id. An answer that was cut at its limit goes into the conversation as it is."""
        answers: list[list[Answer]] = [[] for _ in adapters]
        for number, (sampling, prompts) in enumerate(self.groups):
            of_turns = [kept[_kind(number, turn)] for turn in (1, 2)]
            more = _both_turns(model, template, prompts, sampling, adapters, of_turns, watching)
            for of_model, new in zip(answers, more, strict=True):
                of_model.extend(new)
        return [sorted(of_model, key=lambda answer: answer.id) for of_model in answers]


def conversation_parts(
    prompts: Sequence[AnyTwoTurnPrompt], temperature: Callable[[AnyTwoTurnPrompt], float], max_tokens: int, seed: int
) -> list[ConversationPart]:
    """The prompts part by part; see answers.py.

    `temperature` gives a prompt's own; `max_tokens` is the longest answer to a turn, in the student's tokens.
    """
    parts = []
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        part = sorted(prompts[start : start + PER_PART], key=temperature)
        parts.append(
            ConversationPart(
                [
                    (
                        SamplingOptions(max_tokens, value, seed + SEED_STRIDE * index),
                        [(prompt.id, prompt.turns) for prompt in group],
                    )
                    for value, group in groupby(part, key=temperature)
                ]
            )
        )
    return parts


def _kind(group: int, turn: int) -> str:
    return f"partial-{group}-{turn}"


def _both_turns(
    model: StudentModel,
    template: Template,
    prompts: Sequence[Turns],
    sampling: SamplingOptions,
    adapters: Sequence[Path | None],
    kept: Sequence[Sequence[KeptTokens]],
    watching: Watching,
) -> list[list[Answer]]:
    """Of each model, both answers to each prompt. `kept` [turns, models]: where they are kept as they come."""
    conversations: list[list[list[str]]] = [[[turns[0]] for _, turns in prompts] for _ in adapters]
    answers: list[list[Answer]] = [[] for _ in adapters]
    for turn in (1, 2):
        watched: Watching = {**watching, "label": f"{watching.get('label', 'answers')} turn {turn}"}
        replies = model.generate_each(
            [
                (adapter, [template.encode_turns(model.tokenizer, turns) for turns in of_model])
                for adapter, of_model in zip(adapters, conversations, strict=True)
            ],
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            seed=sampling.seed + turn,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            kept=kept[turn - 1],
            **watched,
        )
        for of_model, model_answers, model_replies in zip(conversations, answers, replies, strict=True):
            for (id, turns), conversation, (text, finish, tokens) in zip(prompts, of_model, model_replies, strict=True):
                model_answers.append(Answer(f"{id}#{turn}", text, finish, tokens))
                conversation += [text, turns[1]]
    return answers
