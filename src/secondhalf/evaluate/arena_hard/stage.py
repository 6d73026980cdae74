"""Has judges compare one model's answers with a baseline's, in both orders."""

from typing import Any

import pyarrow as pa

from secondhalf.evaluate.answers import texts
from secondhalf.evaluate.arena_hard.games import battles, read, requests, scores
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import questions
from secondhalf.evaluate.judge.both_orders import for_arm
from secondhalf.evaluate.judge.jury import verdicts
from secondhalf.rows import Score, to_table
from secondhalf.statistics.bradley_terry import Battle
from secondhalf.store import Stage


def score_arena_hard(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, battles-, part- (scores) and groups- tables; goes on where it stopped."""
    prompts, judges, theirs, given = inputs.prompts, inputs.judges, inputs.baseline, texts(inputs.answers)
    to_judge = questions(lambda answers: requests(prompts, answers, theirs, judges.longest), given)
    words, paid = judges.ask(to_judge, stage, inputs.title)
    # The worst for the arm: it is B in the first game.
    said = verdicts(words, read, lambda id: 2.0 if id.endswith("#1") else -2.0)
    steps = for_arm(said.grades)
    stage.write("part", 0, to_table(Score, scores(prompts, steps)))
    stage.write("battles", 0, battles_table(battles("arm", prompts, steps, given, theirs)))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts})
    return {"rows_in": len(prompts), "rows": len(prompts), **paid, **said.told()}


def battles_table(played: list[Battle]) -> pa.Table:
    """Battles as a table; `read_battles` is its reverse."""
    names = ("question", "won", "weight", "theirs", "ours")
    columns = [[b.question, b.won, b.weight, list(b.style[0]), list(b.style[1])] for b in played]
    counts = pa.list_(pa.float64())
    kinds = (pa.string(), pa.float64(), pa.float64(), counts, counts)
    rows = [dict(zip(names, row, strict=True)) for row in columns]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(zip(names, kinds, strict=True))))


def read_battles(arm: str, battles: pa.Table) -> list[Battle]:
    """The rows of a battles- table, the arm's answers being model `arm`'s."""
    return [
        Battle(row["question"], "baseline", arm, row["won"], row["weight"], (tuple(row["theirs"]), tuple(row["ours"])))
        for row in battles.to_pylist()
    ]
