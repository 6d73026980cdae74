"""Trains an adapter over a base in four bits, and one over what four bits leave of that base; see test_qlora.py.

Two arguments: the student's folder and an empty one. Prints both logs as one line of JSON, and what the adapter moves.
"""

import json
import sys
from pathlib import Path

from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.weights.load import load_student
from secondhalf.rows import Pair, to_table
from secondhalf.store import Stage
from secondhalf.train.settings import TrainSettings
from secondhalf.train.stage import train_arm

PAIRS = [Pair(f"{n:02d}", f"d{n}", "words", "en", f"count {n}", "", f"{n} and {n + 1}", "t", "stop") for n in range(12)]


def main() -> None:
    student, folder = map(Path, sys.argv[1:])
    tokenizer, rounded = load_student(student, "float32", four_bits=True)
    left = rounded.dequantize()
    left.save_pretrained(folder / "left")
    tokenizer.save_pretrained(folder / "left")
    logs = {}
    for method, base in (("qlora", student), ("lora", folder / "left")):
        settings = TrainSettings.model_validate(
            {
                "method": method,
                "rank": 4,
                "epochs": 4,
                "tokens_per_step": 64,
                "learning_rate": 5e-3,
                "precision": "float32",
            }
            | {"held_out": 0.3, "checkpoint_steps": 1}  # looked at between steps, as a run is
        )
        stage = Stage(folder / method)
        stage.path.mkdir()
        train_arm(to_table(Pair, PAIRS), resolve(str(base)), settings, 1, stage, "test")
        logs[method] = [json.loads(line) for line in (stage.path / "log.jsonl").read_text("utf-8").splitlines()]
    local, encoded = StudentModel(student), [([2, 20, 21], [30, 31])]
    before = local.loglikelihood(encoded)
    local.use(folder / "qlora" / "adapter")
    print(json.dumps({**logs, "moved": local.loglikelihood(encoded) != before}))


if __name__ == "__main__":
    main()
