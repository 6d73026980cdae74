"""The answers of models to prompts of two turns: the second turn follows each model's own answer to the first."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

from secondhalf.evaluate.answers import PER_PART, SEED_STRIDE, AdapterStages, SamplingOptions
from secondhalf.evaluate.prompt import TwoTurnPrompt
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.partial_answers import PartialAnswers, remove_all
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, to_table

AnyTwoTurnPrompt = TypeVar("AnyTwoTurnPrompt", bound=TwoTurnPrompt)


def generate_conversations(
    model: StudentModel,
    template: Template,
    prompts: Sequence[AnyTwoTurnPrompt],
    temperature: Callable[[AnyTwoTurnPrompt], float],
    max_tokens: int,
    seed: int,
    stages: AdapterStages,
    label: str,
) -> None:
    """Writes the stages' answers- tables, ids ID#1 and ID#2, those that are missing; see answers.py.

    `temperature` gives a prompt's own; `max_tokens` is the longest answer to a turn, in the student's tokens. An answer that was
    cut at its limit goes into the conversation as it is.
    """
    for index, start in enumerate(range(0, len(prompts), PER_PART)):
        part = sorted(prompts[start : start + PER_PART], key=temperature)
        groups = [(value, list(group)) for value, group in groupby(part, key=temperature)]
        # Of each group and turn: turn 2 of one goes on behind the whole of its turn 1.
        kept = [
            [[PartialAnswers(stage, f"partial-{number}-{turn}", index) for _, stage in stages] for turn in (1, 2)]
            for number in range(len(groups))
        ]
        if not all(stage.has("answers", index) for _, stage in stages):
            answers: list[list[Answer]] = [[] for _ in stages]
            for (value, group), of_group in zip(groups, kept, strict=True):
                sampling = SamplingOptions(max_tokens, value, seed + SEED_STRIDE * index)
                for stage_answers, more in zip(
                    answers, _both_turns(model, template, group, sampling, stages, of_group, label), strict=True
                ):
                    stage_answers.extend(more)
            for (_, stage), stage_answers in zip(stages, answers, strict=True):
                stage.write("answers", index, to_table(Answer, sorted(stage_answers, key=lambda answer: answer.id)))
        remove_all(one for of_group in kept for of_turn in of_group for one in of_turn)


def _both_turns(
    model: StudentModel,
    template: Template,
    prompts: Sequence[TwoTurnPrompt],
    sampling: SamplingOptions,
    stages: AdapterStages,
    kept: Sequence[Sequence[PartialAnswers]],
    label: str,
) -> list[list[Answer]]:
    """Of each stage's model, both answers to each prompt. `kept` [turns, stages]: where they are kept as they come."""
    conversations: list[list[list[str]]] = [[[prompt.turns[0]] for prompt in prompts] for _ in stages]
    answers: list[list[Answer]] = [[] for _ in stages]
    for turn in (1, 2):
        replies = model.generate_each(
            [
                (adapter, [template.encode_turns(model.tokenizer, turns) for turns in of_stage])
                for (adapter, _), of_stage in zip(stages, conversations, strict=True)
            ],
            max_tokens=sampling.max_tokens,
            temperature=sampling.temperature,
            seed=sampling.seed + turn,
            stop_ids=template.stop_ids(model.tokenizer),
            stop_text=template.frame(model.tokenizer).stop,
            label=f"{label} turn {turn}",
            kept=kept[turn - 1],
        )
        for of_stage, stage_answers, stage_replies in zip(conversations, answers, replies, strict=True):
            for prompt, turns, (text, finish, tokens) in zip(prompts, of_stage, stage_replies, strict=True):
                stage_answers.append(Answer(f"{prompt.id}#{turn}", text, finish, tokens))
                turns += [text, prompt.turns[1]]
    return answers
