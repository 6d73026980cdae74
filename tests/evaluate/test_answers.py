from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.evaluate.answers import PER_PART, answers
from secondhalf.models.template import Template
from secondhalf.store import Stage
from tiny_student import tokenizer


@dataclass(frozen=True)
class Asked:
    id: str
    text: str


@dataclass(frozen=True)
class Drawn:
    max_tokens: int = 4
    temperature: float = 1.0
    seed: int = 1


class Model:
    """A student's place: it says which seed each answer was drawn with."""

    def __init__(self) -> None:
        self.tokenizer = tokenizer()

    def generate(self, prompts: list[list[int]], *, seed: int, **rest: Any) -> list[tuple[str, str, int]]:
        return [(str(seed), "stop", 1)] * len(prompts)


def test_parts_are_drawn_with_seeds_of_their_own_and_resume_with_the_same(tmp_path: Path) -> None:
    model: Any = Model()
    prompts = [Asked(f"p{n:03d}", "a river") for n in range(2 * PER_PART + 3)]
    one = answers(model, Template.named("plain"), Drawn(), prompts, Stage(tmp_path), "test")
    seeds = [answer.text for answer in one.values()]
    assert len(set(seeds)) == 3
    assert [seeds.count(seed) for seed in dict.fromkeys(seeds)] == [PER_PART, PER_PART, 3]
    assert seeds[0] == "1"
    (tmp_path / "answers-00001.parquet").unlink()
    assert answers(model, Template.named("plain"), Drawn(), prompts, Stage(tmp_path), "test") == one
