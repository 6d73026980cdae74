"""Has judges grade one model's conversations. The answers are a stage of their own, so another judge asks for none again."""

from typing import Any

from secondhalf.evaluate.answers import texts
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import questions
from secondhalf.evaluate.judge.jury import verdicts, write_grades
from secondhalf.evaluate.mt_bench.grading import read, requests, scores
from secondhalf.rows import Score, to_table
from secondhalf.store import Stage


def score_mt_bench(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, grades-, part- (scores) and groups- tables; goes on where it stopped."""
    prompts, judges = inputs.prompts, inputs.judges
    to_judge = questions(lambda answers: requests(prompts, answers, judges.longest), texts(inputs.answers))
    words, paid = judges.ask(to_judge, stage, inputs.title)
    said = verdicts(words, read, lambda _: 1.0)
    write_grades(stage, said.by_judge)
    stage.write("part", 0, to_table(Score, scores(prompts, said.grades)))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts})
    return {"rows_in": len(prompts), "rows": len(prompts), **paid, **said.told()}
