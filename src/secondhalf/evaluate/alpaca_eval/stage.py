"""Has judges compare one model's outputs with the baseline's."""

from typing import Any

from secondhalf.evaluate.alpaca_eval.games import read, requests, scores
from secondhalf.evaluate.alpaca_eval.weighed import weighed
from secondhalf.evaluate.answers import texts
from secondhalf.evaluate.arena_hard.stage import battles_table
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import questions
from secondhalf.evaluate.judge.both_orders import for_arm
from secondhalf.evaluate.judge.jury import verdicts
from secondhalf.rows import Score, to_table
from secondhalf.statistics.bradley_terry import Battle
from secondhalf.store import Stage


def score_alpaca_eval(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, battles- (lengths in characters), part- (scores) and groups- tables; goes on where it stopped."""
    prompts, judges, theirs, given = inputs.prompts, inputs.judges, inputs.baseline, texts(inputs.answers)
    to_judge = questions(lambda answers: requests(prompts, answers, theirs, judges.longest), given)
    words, paid = judges.ask(to_judge, stage, inputs.title)
    # The worst for the arm: it is M in the first game.
    sure = weighed(stage.read("judgments").to_pylist())
    said = verdicts(words, read, lambda id: 1.0 if id.endswith("#1") else -1.0, sure)
    steps = for_arm(said.grades)
    played = [
        Battle(
            prompt.id, "baseline", "arm", 0.5 - steps[id] / 2,
            style=((float(len(theirs[prompt.id])),), (float(len(given[prompt.id])),)),
        )
        for prompt in prompts
        for id in (f"{prompt.id}#1", f"{prompt.id}#2")
        if id in steps
    ]  # fmt: skip
    stage.write("part", 0, to_table(Score, scores(prompts, steps)))
    stage.write("battles", 0, battles_table(played))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts if prompt.category})
    return {"rows_in": len(prompts), "rows": len(prompts), **paid, **said.told()}
