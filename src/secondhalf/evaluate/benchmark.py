"""Asks one model a benchmark's prompts, and scores every answer by code. The stage is the benchmark's own.

Figures, one value a prompt (a Score each), under the benchmark's name:
    NAME.strict, NAME.loose                          1 when every instruction was followed: prompt-level accuracy
    NAME.instruction_strict, NAME.instruction_loose  instructions followed, over the mean number of instructions a prompt:
                                                     their mean is the benchmark's instruction-level accuracy
"""

from dataclasses import dataclass
from typing import Any

from secondhalf.evaluate.answers import VERSION as ANSWERS
from secondhalf.evaluate.answers import answers
from secondhalf.evaluate.asked import asked
from secondhalf.evaluate.ifeval.language import SEED
from secondhalf.evaluate.ifeval.score import VERSION as IFEVAL
from secondhalf.evaluate.ifeval.score import Followed, judge
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.models.local import Local
from secondhalf.models.template import Template
from secondhalf.rows import Score, Verdict, to_table
from secondhalf.store import Stage

VERSION = 1 + 10 * ANSWERS + 1000 * IFEVAL


@dataclass(frozen=True)
class Drawing:
    """How a benchmark's answers are drawn: as those to the everyday prompts, but longer."""

    max_tokens: int
    temperature: float
    seed: int


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
