"""Scores one model's answers to your own prompts.

Figures, one value a prompt (a Score each), for the prompts that have what they need:
    own.checks     1 when every check passes
    own.reference  how close the answer is to the reference, 0 to 1 (chrF2)
    own.exact      1 when it is the reference, case and stops aside
    own.judged     a judge's grade by the rubric, 1 to 10
"""

from collections.abc import Mapping
from typing import Any

from secondhalf.evaluate.answers import texts
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import questions
from secondhalf.evaluate.judge.jury import verdicts
from secondhalf.evaluate.mt_bench.grading import read
from secondhalf.evaluate.own.checks import OWN_CHECKS_FIELD, run_own_checks
from secondhalf.evaluate.own.grading import requests
from secondhalf.evaluate.own.overlap import chrf, exact
from secondhalf.evaluate.own.prompts import OwnPrompt
from secondhalf.extensions.verdicts import check_rows
from secondhalf.rows import Score, Verdict, to_table
from secondhalf.store import Stage

OWN_VERSION = (2,)


def verify_checks(prompts: list[OwnPrompt], functions: Mapping[str, str]) -> None:
    """Raises UserError for a check that is none, before anything is asked; `functions` as `run_own_checks` takes them."""
    for prompt in prompts:
        if prompt.checks:
            run_own_checks(prompt, "", functions)


def score_own(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes part- (scores), groups- and verdicts- tables, and judgments- where there are rubrics.

    Raises UserError for a user's function that raised on every answer.
    """
    prompts, judges, given = inputs.prompts, inputs.judges, texts(inputs.answers)
    functions = inputs.functions
    checked = {prompt.id: run_own_checks(prompt, given[prompt.id], functions) for prompt in prompts if prompt.checks}
    table = to_table(Verdict, [verdict for each in checked.values() for verdict in each])
    check_rows([table], OWN_CHECKS_FIELD, functions.values())
    stage.write("verdicts", 0, table)
    scores = [one for prompt in prompts for one in _by_code(prompt, given[prompt.id], checked.get(prompt.id, []))]
    facts: dict[str, Any] = {}
    to_judge = questions(lambda answers: requests(prompts, answers, judges.longest), given)
    if to_judge:
        words, facts = judges.ask(to_judge, stage, inputs.title)
        said = verdicts(words, read, lambda _: 1.0)
        scores += [Score(id, "own.judged", grade) for id, grade in said.grades.items()]
        facts |= said.told()
    stage.write("part", 0, to_table(Score, sorted(scores, key=lambda one: (one.id, one.figure))))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts if prompt.category})
    write_groups(stage, "language", {prompt.id: prompt.language for prompt in prompts if prompt.language})
    return {"rows_in": len(prompts), "rows": len(prompts), **facts}


def _by_code(prompt: OwnPrompt, answer: str, verdicts: list[Verdict]) -> list[Score]:
    found = {}
    if prompt.checks:
        found["checks"] = float(all(verdict.passed for verdict in verdicts))
    if prompt.reference:
        found |= {"reference": chrf(answer, prompt.reference), "exact": exact(answer, prompt.reference)}
    return [Score(prompt.id, f"own.{name}", value) for name, value in found.items()]
