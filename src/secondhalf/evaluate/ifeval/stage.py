"""Scores one model's answers to a benchmark by code. The stage is the benchmark's own.

Figures, one value a prompt (a Score each), under the benchmark's name:
    NAME.strict, NAME.loose                          1 when every instruction was followed: prompt-level accuracy
    NAME.instruction_strict, NAME.instruction_loose  instructions followed, over the mean number of instructions a prompt:
                                                     their mean is the benchmark's instruction-level accuracy
"""

from typing import Any

from secondhalf.evaluate.answers import ANSWERS_VERSION, read_answers
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.ifeval.language import SEED
from secondhalf.evaluate.ifeval.score import IFEVAL_VERSION, InstructionVerdict, check_response
from secondhalf.rows import Score, Verdict, to_table
from secondhalf.store import Stage

IFEVAL_STAGE_VERSION = (2, *ANSWERS_VERSION, IFEVAL_VERSION)


def score_ifeval(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes verdicts- (one an instruction) and part- (scores) tables."""
    prompts, answers = inputs.prompts, read_answers(inputs.answers)
    judged = {prompt.id: check_response(prompt, answers[prompt.id].text) for prompt in prompts}
    verdicts = [
        Verdict(id, verdict.instruction, verdict.strict, float(verdict.loose), "" if verdict.strict else "not followed")
        for id, followed in judged.items()
        for verdict in followed
    ]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    stage.write("part", 0, to_table(Score, _scores(inputs.benchmark, judged)))
    return {"rows_in": len(prompts), "rows": len(prompts), "langdetect_seed": SEED}


def _scores(name: str, judged: dict[str, list[InstructionVerdict]]) -> list[Score]:
    mean_count = sum(len(followed) for followed in judged.values()) / len(judged)
    return [
        Score(id, f"{name}.{figure}", value)
        for id, followed in judged.items()
        for figure, value in {
            "strict": float(all(verdict.strict for verdict in followed)),
            "loose": float(all(verdict.loose for verdict in followed)),
            "instruction_strict": sum(verdict.strict for verdict in followed) / mean_count,
            "instruction_loose": sum(verdict.loose for verdict in followed) / mean_count,
        }.items()
    ]
