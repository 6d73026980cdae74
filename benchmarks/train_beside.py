"""A small training beside busy processes, four for each core, with OpenMP's idle threads as here, asleep and spinning.

    python benchmarks/train_beside.py [--quick]

`here` they spin some microseconds before they sleep (src/secondhalf/threads.py), `asleep` not at all; `spinning` is GNU OpenMP's
own default (GOMP_SPINCOUNT=300000). The ratios are seconds of the others over ours. Each side has one process on all cores, which
loads before the others begin; they train in turn, alone and beside the others. What else the machine does counts as busy too: see
`load`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from harness import finish
from in_turns import in_turns, ratio_of, rounded
from secondhalf.store.workers import cores

SIDES = {"here": {}, "asleep": {"GOMP_SPINCOUNT": "0"}, "spinning": {"GOMP_SPINCOUNT": "300000"}}
STEPS = 3


def work() -> None:
    """Trains a random model of two layers once for each line that it reads, and prints the seconds."""
    from transformers import AutoModelForCausalLM, LlamaConfig

    from secondhalf.train.method import make_trainable
    from secondhalf.train.settings import TrainSettings
    from secondhalf.train.trainer import train_model

    settings = TrainSettings(
        rank=4, tokens_per_step=256, tokens_per_batch=256, max_length=64, checkpoint_steps=10**6, schedule="constant"
    )
    shape = {"vocab_size": 512, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    base = AutoModelForCausalLM.from_config(LlamaConfig(**shape, num_attention_heads=2))
    model = make_trainable(base, settings, 1)
    ids = list(range(100, 164))
    examples = [(ids, [-100] * 32 + ids[32:])] * 4 * STEPS
    for _ in sys.stdin:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            train_model(model, examples, [], settings, 1, Path(folder), "training")
            print(time.perf_counter() - start, flush=True)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """As many processes that only compute."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round, two busy processes; results are not kept")
    parser.add_argument("--work", action="store_true", help="what each side's process does")
    options = parser.parse_args()
    if options.work:
        return work()
    processes = {
        name: subprocess.Popen(
            [sys.executable, __file__, "--work"],
            env={**os.environ, **settings},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for name, settings in SIDES.items()
    }  # fmt: skip

    def seconds(name: str, others: int) -> float:
        process = processes[name]
        assert process.stdin
        assert process.stdout
        with busy(others):
            process.stdin.write("\n")
            process.stdin.flush()
            return float(process.stdout.readline())

    for name in SIDES:  # loads, and compiles what the first training compiles
        seconds(name, 0)
    rounds, others = (1, 2) if options.quick else (3, 4 * cores())
    figures: dict[str, object] = {"busy": others, "steps": STEPS}
    for count in (0, others):
        runs = in_turns(rounds, **{name: partial(seconds, name, count) for name in SIDES})
        condition = "beside" if count else "alone"
        figures |= ratio_of(runs["spinning"], runs["here"], f"{condition}_ratio")
        figures |= ratio_of(runs["asleep"], runs["here"], f"{condition}_asleep_ratio")
        figures[f"{condition}_seconds"] = rounded(runs, 2)
    for process in processes.values():
        process.kill()
        process.wait()
    finish("train_beside", figures, {name: version(name) for name in ("torch", "transformers")}, quick=options.quick)
    return None


if __name__ == "__main__":
    main()
