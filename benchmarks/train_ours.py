"""Our trainer in a process of its own, for the training benchmarks: the same JOB.json as benchmarks/peers/trl_sft.py.

Prints one JSON object: real tokens, seconds of the loop, peak memory in MB. Times begin with the first step.
"""

import json
import re
import sys
import time
from pathlib import Path

import torch

from secondhalf.models.weights.load import load_student
from secondhalf.train.method import make_trainable, write_trained
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import train_model


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    pairs = [json.loads(line) for line in Path(job["pairs"]).read_text("utf-8").splitlines()]
    # A GPU is kept busy by more tokens at once than two cores are.
    batch = 8192 if torch.cuda.is_available() else 512
    settings = TrainSettings(
        tokens_per_batch=batch,
        rank=job["rank"], alpha=job["alpha"], learning_rate=job["learning_rate"], schedule="constant", warmup=0,
        tokens_per_step=job["tokens_per_step"], checkpoint_steps=10**6, max_length=2048,
    )  # fmt: skip
    tokenizer, base = load_student(Path(job["student"]))
    examples = [
        settings.template.encode_pair(tokenizer, pair["prompt"], pair["response"], ended=True) for pair in pairs
    ]
    model = make_trainable(base, settings, job.get("seed", 1))
    out = Path(job["out"])
    wall, processor = time.perf_counter(), time.process_time()
    log = train_model(model, examples, [], settings, job.get("seed", 1), out / "checkpoints", "ours")
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    write_trained(model, tokenizer, settings, out, "")
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    result = {
        "tokens": log[-1]["tokens"],
        "steps": len(log),
        "seconds": wall,
        "processor_seconds": processor,
        "peak_mb": int(peak.group(1)) >> 10 if peak else 0,
        "peak_gpu_mb": torch.cuda.max_memory_allocated() >> 20 if torch.cuda.is_available() else 0,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
