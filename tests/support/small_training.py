"""A training on 24 short pairs: `trained(student, folder)`, or `python small_training.py STUDENT FOLDER`, two processes to be killed."""

import json
import sys
from pathlib import Path
from typing import Any

from secondhalf.models.reference import resolve
from secondhalf.rows import Pair, to_table
from secondhalf.store.stage import Stage
from secondhalf.store.workers import ALONE, Workers
from secondhalf.train.settings import TrainSettings
from secondhalf.train.stage import train_arm

PAIRS = to_table(
    Pair,
    [Pair(f"{n:02d}", f"d{n}", "words", "en", f"count {n}", "", f"{n} and {n + 1}", "t", "stop") for n in range(24)],
)
SETTINGS = {
    "rank": 4,
    "epochs": 2,
    "tokens_per_step": 128,
    "tokens_per_batch": 32,
    "held_out": 0.2,
    "precision": "float32",
}


def trained(
    student: Path, folder: Path, workers: Workers = ALONE, **more: Any
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Trains in `folder`, with more settings; returns the counts of the stage and the rows of its log."""
    stage = Stage(folder)
    stage.path.mkdir(parents=True, exist_ok=True)
    settings = TrainSettings(**{**SETTINGS, **more})
    counts = train_arm(PAIRS, resolve(str(student)), settings, 1, stage, "train test", workers=workers)
    return counts, [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


if __name__ == "__main__":
    trained(Path(sys.argv[1]), Path(sys.argv[2]), processes=2, epochs=2000)
