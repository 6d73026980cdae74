"""All full benchmarks one after another, cheapest first: `make benchmarks`.

    python benchmarks/run_all.py [--since DATE] [--arena CHECKOUT] [--only NAME,NAME] [--plan]

A benchmark whose result is of DATE (by default today, UTC) or later is not run again, so a call that was stopped goes on where it
stopped. One that fails does not stop the next; the exit status is the number of those that failed. Nothing else should run on the
machine: each result keeps the load. `--plan` only says what would run and how many minutes it takes on two quiet cores.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from harness import RESULTS

HERE = Path(__file__).resolve().parent
MINUTES = {
    "detect": 1, "names": 1, "pii": 1, "sample": 1, "train_gpu": 2, "dedup": 4, "agree": 5, "clean": 6, "review": 4,
    "teach_saturation": 4, "teach_memory": 6, "audit": 5, "checksums": 7, "train_beside": 10, "serve": 10, "judge_overhead": 12,
    "teach_overhead": 18,
    "generate_batch": 20, "tokenise": 20, "teach_embedded": 25, "train_cpu": 50, "evaluate_arms_512": 70, "evaluate_speed": 100,
    "evaluate_arms": 180, "scale": 35,
}  # fmt: skip
"""Results and about how long they take."""
GIVEN = {"evaluate_arms_512": ["evaluate_arms.py", "--longest", "512"]}
"""The commands of results that are not `python benchmarks/NAME.py`."""


def of_date(name: str) -> str:
    """The date of a result, "" where there is none."""
    path = RESULTS / f"{name}.json"
    return str(json.loads(path.read_text("utf-8")).get("date", "")) if path.exists() else ""


def outstanding(since: str, names: list[str]) -> list[str]:
    """The results that are older than `since`, cheapest first."""
    return [name for name in sorted(names, key=lambda name: MINUTES[name]) if of_date(name) < since]


def command(name: str, arena: str | None) -> list[str]:
    """What makes a result."""
    script, *options = GIVEN.get(name, [f"{name}.py"])
    if name == "judge_overhead" and arena:
        options = ["--arena", arena]
    return [sys.executable, str(HERE / script), *options]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--since", default=datetime.now(UTC).date().isoformat(), help="results of that date are kept")
    parser.add_argument("--arena", help="a checkout of arena-hard-auto, for judge_overhead")
    parser.add_argument("--only", default=",".join(MINUTES), help="results, divided by commas")
    parser.add_argument("--plan", action="store_true", help="say what would run")
    options = parser.parse_args()
    names = outstanding(options.since, options.only.split(","))
    print(f"{len(names)} to run, about {sum(MINUTES[name] for name in names)} minutes", flush=True)
    failed = []
    for name in names:
        print(f"{name}: about {MINUTES[name]} minutes", flush=True)
        if options.plan:
            continue
        start = time.monotonic()
        status = subprocess.run(command(name, options.arena), stdout=subprocess.DEVNULL, check=False).returncode
        print(f"{name}: exit {status} after {(time.monotonic() - start) / 60:.1f} minutes", flush=True)
        failed += [name] * bool(status)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
