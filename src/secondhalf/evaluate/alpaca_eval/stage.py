"""Has judges compare one model's outputs with the baseline's."""

from typing import Any

import pyarrow as pa

from secondhalf.evaluate.alpaca_eval.difficulty import InstructionDifficulty
from secondhalf.evaluate.alpaca_eval.games import alpaca_eval_requests, alpaca_eval_scores, parse_label
from secondhalf.evaluate.alpaca_eval.weighed import weigh_labels
from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.arena_hard.stage import battles_table
from secondhalf.evaluate.benchmark import ScoringInputs
from secondhalf.evaluate.groups import write_groups
from secondhalf.evaluate.judge.attempts import requests_with_repeats
from secondhalf.evaluate.judge.both_orders import steps_for_arm
from secondhalf.evaluate.judge.jury import read_verdicts
from secondhalf.rows import Score, to_table
from secondhalf.statistics.bradley_terry import Battle
from secondhalf.store import Stage

DIFFICULTY = pa.schema([("id", pa.string()), ("difficulty", pa.float64())])
BASELINE = pa.schema([(name, pa.float64()) for name in ("won", "longer", "difficulty")])


def score_alpaca_eval(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    """Writes judgments-, battles- (lengths in characters), part- (scores) and groups- tables; goes on where it stopped.

    With a file of difficulties also difficulty- (of the instructions) and baseline- (its own rows).
    """
    prompts, judges = inputs.prompts, inputs.judges
    answers, baseline = read_texts(inputs.answers), inputs.baseline
    requests = requests_with_repeats(
        lambda texts: alpaca_eval_requests(prompts, texts, baseline, judges.longest), answers
    )
    replies, cost = judges.judge(requests, stage, inputs.title)
    # The worst for the arm: it is M in the first game.
    weighed = weigh_labels(stage.read("judgments").to_pylist())
    verdicts = read_verdicts(replies, parse_label, lambda id: 1.0 if id.endswith("#1") else -1.0, weighed)
    steps = steps_for_arm(verdicts.grades)
    battles = [
        Battle(
            prompt.id, "baseline", "arm", 0.5 - steps[id] / 2,
            style=((float(len(baseline[prompt.id])),), (float(len(answers[prompt.id])),)),
        )
        for prompt in prompts
        for id in (f"{prompt.id}#1", f"{prompt.id}#2")
        if id in steps
    ]  # fmt: skip
    stage.write("part", 0, to_table(Score, alpaca_eval_scores(prompts, steps)))
    stage.write("battles", 0, battles_table(battles))
    if inputs.difficulty:
        _write_difficulty(inputs.difficulty, {prompt.id for prompt in prompts}, stage)
    write_groups(stage, "category", {prompt.id: prompt.category for prompt in prompts if prompt.category})
    return {"rows_in": len(prompts), "rows": len(prompts), **cost, **verdicts.summary()}


def _write_difficulty(difficulty: InstructionDifficulty, ids: set[str], stage: Stage) -> None:
    rows = [{"id": id, "difficulty": value} for id, value in sorted(difficulty.by_id.items()) if id in ids]
    stage.write("difficulty", 0, pa.Table.from_pylist(rows, schema=DIFFICULTY))
    baseline = [dict(zip(BASELINE.names, row, strict=True)) for row in difficulty.baseline]
    stage.write("baseline", 0, pa.Table.from_pylist(baseline, schema=BASELINE))
