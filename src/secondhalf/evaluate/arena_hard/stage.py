"""Has judges compare one model's answers with a baseline's, in both orders."""

from typing import Any

import pyarrow as pa

from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.arena_hard.games import arena_hard_requests, arena_hard_scores, make_battles, parse_label
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import requests_with_repeats
from secondhalf.evaluate.judge.both_orders import steps_for_arm
from secondhalf.evaluate.judge.jury import read_verdicts
from secondhalf.rows import Score, to_table
from secondhalf.statistics.bradley_terry import Battle
from secondhalf.store import Stage


def score_arena_hard(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, battles-, part- (scores) and groups- tables; goes on where it stopped."""
    prompts, judges = inputs.prompts, inputs.judges
    answers, baseline = read_texts(inputs.answers), inputs.baseline
    requests = requests_with_repeats(
        lambda texts: arena_hard_requests(prompts, texts, baseline, judges.longest), answers
    )
    replies, cost = judges.judge(requests, stage, inputs.title)
    # The worst for the arm: it is B in the first game.
    verdicts = read_verdicts(replies, parse_label, lambda id: 2.0 if id.endswith("#1") else -2.0)
    steps = steps_for_arm(verdicts.grades)
    stage.write("part", 0, to_table(Score, arena_hard_scores(prompts, steps)))
    stage.write("battles", 0, battles_table(make_battles("arm", prompts, steps, answers, baseline)))
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts})
    return {"rows_in": len(prompts), "rows": len(prompts), **cost, **verdicts.summary()}


def battles_table(battles: list[Battle]) -> pa.Table:
    """Battles as a table; `read_battles` is its reverse."""
    names = ("question", "won", "weight", "theirs", "ours")
    columns = [[b.question, b.won, b.weight, list(b.style[0]), list(b.style[1])] for b in battles]
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
