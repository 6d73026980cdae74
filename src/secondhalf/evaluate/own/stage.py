"""Scores one model's answers to your own prompts.

Figures, one value a prompt (a Score each), for the prompts that have what they need:
    own.checks     1 when every check passes
    own.reference  how close the answer is to the reference, 0 to 1 (chrF2)
    own.exact      1 when it is the reference, case and stops aside
    own.judged     a judge's grade by the rubric, 1 to 10
"""

from collections.abc import Mapping
from typing import Any

from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import requests_with_repeats
from secondhalf.evaluate.judge.jury import read_verdicts
from secondhalf.evaluate.mt_bench.grading import parse_rating
from secondhalf.evaluate.own.checks import OWN_CHECKS_FIELD, run_own_checks
from secondhalf.evaluate.own.grading import own_requests
from secondhalf.evaluate.own.overlap import chrf, exact
from secondhalf.evaluate.own.prompts import OwnPrompt
from secondhalf.extensions.verdicts import check_rows
from secondhalf.rows import Score, Verdict, to_table
from secondhalf.store import Stage

OWN_VERSION = (3,)


def verify_checks(prompts: list[OwnPrompt], functions: Mapping[str, str]) -> None:
    """Raises UserError for a check that is none, before anything is generated; `functions` as `run_own_checks` takes them."""
    for prompt in prompts:
        if prompt.checks:
            run_own_checks(prompt, "", functions)


def score_own(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes part- (scores), groups- and verdicts- tables, and judgments- where there are rubrics.

    Raises UserError for a user's function that raised on every answer.
    """
    prompts, judges, answers = inputs.prompts, inputs.judges, read_texts(inputs.answers)
    functions = inputs.functions
    checked = {prompt.id: run_own_checks(prompt, answers[prompt.id], functions) for prompt in prompts if prompt.checks}
    table = to_table(Verdict, [verdict for each in checked.values() for verdict in each])
    check_rows([table], OWN_CHECKS_FIELD, functions.values())
    stage.write("verdicts", 0, table)
    scores = [score for prompt in prompts for score in _by_code(prompt, answers[prompt.id], checked.get(prompt.id, []))]
    facts: dict[str, Any] = {}
    requests = requests_with_repeats(lambda texts: own_requests(prompts, texts, judges.longest), answers)
    if requests:
        replies, facts = judges.judge(requests, stage, inputs.title)
        verdicts = read_verdicts(replies, parse_rating, lambda _: 1.0)
        scores += [Score(id, "own.judged", grade) for id, grade in verdicts.grades.items()]
        facts |= verdicts.summary()
    stage.write("part", 0, to_table(Score, sorted(scores, key=lambda score: (score.id, score.figure))))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts if prompt.category})
    write_groups(stage, "language", {prompt.id: prompt.language for prompt in prompts if prompt.language})
    return {"rows_in": len(prompts), "rows": len(prompts), **facts}


def _by_code(prompt: OwnPrompt, answer: str, verdicts: list[Verdict]) -> list[Score]:
    values = {}
    if prompt.checks:
        values["checks"] = float(all(verdict.passed for verdict in verdicts))
    if prompt.reference:
        values |= {"reference": chrf(answer, prompt.reference), "exact": exact(answer, prompt.reference)}
    return [Score(prompt.id, f"own.{name}", value) for name, value in values.items()]
