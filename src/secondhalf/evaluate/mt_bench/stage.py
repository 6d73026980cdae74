"""Has judges grade one model's conversations. The answers are a stage of their own, so another judge needs none again."""

from typing import Any

from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import requests_with_repeats
from secondhalf.evaluate.judge.jury import read_verdicts, write_grades
from secondhalf.evaluate.mt_bench.grading import mt_bench_requests, mt_bench_scores, parse_rating
from secondhalf.rows import Score, to_table
from secondhalf.store import Stage


def score_mt_bench(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, grades-, part- (scores) and groups- tables; goes on where it stopped."""
    prompts, judges = inputs.prompts, inputs.judges
    requests = requests_with_repeats(
        lambda answers: mt_bench_requests(prompts, answers, judges.longest), read_texts(inputs.answers)
    )
    replies, cost = judges.judge(requests, stage, inputs.title)
    verdicts = read_verdicts(replies, parse_rating, lambda _: 1.0)
    write_grades(stage, verdicts.by_judge)
    stage.write("part", 0, to_table(Score, mt_bench_scores(prompts, verdicts.grades)))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts})
    return {"rows_in": len(prompts), "rows": len(prompts), **cost, **verdicts.summary()}
