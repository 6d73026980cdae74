"""Scores one model's answers to a benchmark by code. The stage is the benchmark's own.

Figures, one value a prompt (a Score each), under the benchmark's name:
    NAME.strict, NAME.loose                          1 when every instruction was followed: prompt-level accuracy
    NAME.instruction_strict, NAME.instruction_loose  instructions followed, over the mean number of instructions a prompt:
                                                     their mean is the benchmark's instruction-level accuracy
    NAME.guarded                                     instruction_loose, where an answer that loops or copies its prompt
                                                     follows nothing: the published way rewards loops of the prompt's words
    NAME.guarded_cut                                 the same of the answer cut where it goes on as the user
    NAME.no_answer                                   1 for an answer that is empty, loops or copies its prompt
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from secondhalf.evaluate.answers import ANSWERS_VERSION, read_answers
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.guards import is_no_answer
from secondhalf.evaluate.ifeval.language import SEED
from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt
from secondhalf.evaluate.ifeval.score import IFEVAL_VERSION, InstructionVerdict, check_response
from secondhalf.rows import Score, Verdict, to_table
from secondhalf.store import Stage
from secondhalf.text.next_turn import cut_at_next_turn

IFEVAL_STAGE_VERSION = (3, *ANSWERS_VERSION, IFEVAL_VERSION)


def score_ifeval(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes verdicts- (one an instruction) and part- (scores) tables."""
    prompts, answers = inputs.prompts, read_answers(inputs.answers)
    texts = {prompt.id: answers[prompt.id].text for prompt in prompts}
    judged = {prompt.id: check_response(prompt, texts[prompt.id]) for prompt in prompts}
    verdicts = [
        Verdict(id, verdict.instruction, verdict.strict, float(verdict.loose), "" if verdict.strict else "not followed")
        for id, followed in judged.items()
        for verdict in followed
    ]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    scores = _scores(inputs.benchmark, judged) + _guarded(inputs.benchmark, prompts, texts)
    stage.write("part", 0, to_table(Score, scores))
    return {"rows_in": len(prompts), "rows": len(prompts), "langdetect_seed": SEED}


def _scores(name: str, judged: dict[str, list[InstructionVerdict]]) -> list[Score]:
    mean_count = _mean_count(judged.values())
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


def _guarded(name: str, prompts: Sequence[IFEvalPrompt], texts: Mapping[str, str]) -> list[Score]:
    mean_count = _mean_count([prompt.instructions for prompt in prompts])
    scores = []
    for prompt in prompts:
        text = texts[prompt.id]
        for figure, answer in (("guarded", text), ("guarded_cut", cut_at_next_turn(text))):
            followed = [] if is_no_answer(prompt.text, answer) else check_response(prompt, answer)
            scores.append(Score(prompt.id, f"{name}.{figure}", sum(one.loose for one in followed) / mean_count))
        scores.append(Score(prompt.id, f"{name}.no_answer", float(is_no_answer(prompt.text, text))))
    return scores


def _mean_count(instructions: Collection[Sequence[object]]) -> float:
    return sum(map(len, instructions)) / len(instructions)
