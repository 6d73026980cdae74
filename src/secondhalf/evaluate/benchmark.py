"""Asks one model a benchmark's prompts, and scores every answer by code. The stage is the benchmark's own.

Figures, one value a prompt (a Score each), under the benchmark's name:
    NAME.strict, NAME.loose                          1 when every instruction was followed: prompt-level accuracy
    NAME.instruction_strict, NAME.instruction_loose  instructions followed, over the mean number of instructions a prompt:
                                                     their mean is the benchmark's instruction-level accuracy
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.answers import answers
from secondhalf.evaluate.ifeval.language import SEED
from secondhalf.evaluate.ifeval.score import VERSION as IFEVAL
from secondhalf.evaluate.ifeval.score import Followed, judge, verify
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.models.local import Local
from secondhalf.models.reference import resolve
from secondhalf.models.template import Template
from secondhalf.prompts import ifeval
from secondhalf.prompts.ifeval import Prompt
from secondhalf.rows import Score, Verdict, digest, to_table
from secondhalf.store import Stage

VERSION = 1 + 100 * IFEVAL


@dataclass(frozen=True)
class Drawing:
    """How a benchmark's answers are drawn: as those to the everyday prompts, but longer."""

    max_tokens: int
    temperature: float
    seed: int


@lru_cache(maxsize=8)
def asked(settings: BenchmarkSettings) -> tuple[list[Prompt], str]:
    """The benchmark's prompts, in the file's order, and the file's hash. Everything in them is known to be scorable.

    A limit takes the first by a hash of their id, so a larger one contains them. Raises UserError for a bad file.
    """
    file = resolve(settings.path)
    if not file.path.is_file():
        raise UserError(f"{settings.path} is a folder: evaluate.benchmarks.path names one JSONL file.")
    prompts = ifeval.load(file.path)
    verify(prompts)
    chosen = {prompt.id for prompt in sorted(prompts, key=lambda prompt: digest(prompt.id))[: settings.limit]}
    return [prompt for prompt in prompts if prompt.id in chosen], file.identity


def evaluate(
    model: Local, template: Template, settings: BenchmarkSettings, drawing: Drawing, stage: Stage, label: str
) -> dict[str, Any]:
    """Writes answers-, verdicts- (one an instruction) and part- (scores) tables; goes on at the part where it stopped."""
    prompts, _ = asked(settings)
    given = answers(model, template, drawing, prompts, stage, label)
    judged = {prompt.id: judge(prompt, given[prompt.id].text) for prompt in prompts}
    verdicts = [
        Verdict(id, one.instruction, one.strict, float(one.loose), "" if one.strict else "not followed")
        for id, followed in judged.items()
        for one in followed
    ]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    stage.write("part", 0, to_table(Score, _scores(settings.name, judged)))
    tokens = sum(answer.tokens for answer in given.values())
    return {"rows_in": len(prompts), "rows": len(prompts), "response_tokens": tokens, "langdetect_seed": SEED}


def _scores(name: str, judged: dict[str, list[Followed]]) -> list[Score]:
    usual = sum(len(followed) for followed in judged.values()) / len(judged)
    return [
        Score(id, f"{name}.{figure}", value)
        for id, followed in judged.items()
        for figure, value in {
            "strict": float(all(one.strict for one in followed)),
            "loose": float(all(one.loose for one in followed)),
            "instruction_strict": sum(one.strict for one in followed) / usual,
            "instruction_loose": sum(one.loose for one in followed) / usual,
        }.items()
    ]
