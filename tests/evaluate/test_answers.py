from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.evaluate.answers import PER_PART, SamplingOptions, answer_parts, generate_answers, read_texts
from secondhalf.evaluate.conversation import conversation_parts
from secondhalf.models.chat.template import Template
from secondhalf.store import Stage
from support.tiny_student import tokenizer


@dataclass(frozen=True)
class Prompt:
    id: str
    text: str


@dataclass(frozen=True)
class Question:
    id: str
    turns: tuple[str, str]


class Model:
    """A student's place: it says which adapter and which seed each answer was drawn with."""

    def __init__(self) -> None:
        self.tokenizer = tokenizer()
        self.requests: list[list[Path | None]] = []

    def generate_each(self, batches: Any, *, seed: int, **rest: Any) -> list[list[tuple[str, str, int]]]:
        self.requests.append([adapter for adapter, _ in batches])
        return [[(f"{adapter} {seed}", "stop", 1)] * len(prompts) for adapter, prompts in batches]


def _stages(folder: Path) -> list[tuple[Path | None, Stage]]:
    stages: list[tuple[Path | None, Stage]] = [(None, Stage(folder / "base")), (Path("a"), Stage(folder / "a"))]
    for _, stage in stages:
        stage.path.mkdir(exist_ok=True)
    return stages


def test_parts_are_drawn_with_seeds_of_their_own_and_resume_with_the_same(tmp_path: Path) -> None:
    model: Any = Model()
    prompts = [Prompt(f"p{n:03d}", "a river") for n in range(2 * PER_PART + 3)]
    stages = _stages(tmp_path)
    arguments: Any = Template.named("plain"), SamplingOptions(4, 1.0, 1), prompts, stages, "test"
    generate_answers(model, *arguments)
    base, adapted = (read_texts(stage) for _, stage in stages)
    assert list(base) == list(adapted) == [prompt.id for prompt in prompts]
    seeds = [text.split()[1] for text in base.values()]
    assert [text.split()[1] for text in adapted.values()] == seeds
    assert {text.split()[0] for text in adapted.values()} == {"a"}
    assert [seeds.count(seed) for seed in dict.fromkeys(seeds)] == [PER_PART, PER_PART, 3]
    assert seeds[0] == "1"
    # Stopped between two stages of a part: the part is asked of both again, in the same batch, and no other part is.
    (tmp_path / "a/answers-00001.parquet").unlink()
    generate_answers(model, *arguments)
    assert model.requests == [[None, Path("a")]] * 4
    assert (read_texts(stages[0][1]), read_texts(stages[1][1])) == (base, adapted)


def test_a_second_turn_follows_each_models_own_first(tmp_path: Path) -> None:
    model: Any = Model()
    questions = [Question("q1", ("one", "two")), Question("q2", ("three", "four"))]
    conversations: list[list[str]] = []
    template: Any = SimpleNamespace(
        encode_turns=lambda _, turns: conversations.append(list(turns)) or [2],
        stop_ids=lambda _: [1],
        frame=lambda _: SimpleNamespace(stop=""),
    )
    stages = _stages(tmp_path)
    parts = conversation_parts(questions, lambda one: 0.0, 9, 5)
    answer_parts(model, template, parts, stages, "test")
    assert conversations == [
        ["one"], ["three"], ["one"], ["three"],
        ["one", "None 6", "two"], ["three", "None 6", "four"], ["one", "a 6", "two"], ["three", "a 6", "four"],
    ]  # fmt: skip
    assert list(read_texts(stages[1][1]).items()) == [
        ("q1#1", "a 6"),
        ("q1#2", "a 7"),
        ("q2#1", "a 6"),
        ("q2#2", "a 7"),
    ]
    answer_parts(model, template, parts, stages, "test")
    assert len(model.requests) == 2
