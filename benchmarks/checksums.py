"""What checksums cost, and what they see: their share of a run's time, and bits that are flipped in its tables.

    python benchmarks/checksums.py            two runs, three rounds of the first; 400 bits a file
    python benchmarks/checksums.py --quick    under 45 s: one round without any model, 20 bits a file

`pairs` is the quickstart up to its audited pairs with the dummy teacher, where nothing but files is worked on; `trained` is the
whole quickstart on fewer documents, with its real teacher and student. Measured is the time in the functions that make and check
checksums of files, manifests and replies, and only in the outermost of them; it includes the flushing of checksums.txt.
`cost` is the share of wall time of `trained`; `pairs_cpu` and `pairs_wall` are the shares of processor and of wall time of
`pairs`, medians of the rounds beside the largest: wall time there is mostly the waiting for the disk. `unseen` counts flipped
bits after which a table or manifest reads as something else than it was, without an error: it has to be none.
"""

import argparse
import contextlib
import io
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import ROOT, finish

RECIPE = ROOT / "recipes" / "quickstart.yaml"
SMALL = (
    "corpus.sample=96", "teach.sampling.max_tokens=60", "audit.keep_unfinished=true", "evaluate.limit=8",
    "evaluate.max_tokens=24", "evaluate.minimal_pairs=8", "train.held_out=0.1", "train.min_pairs=4",
)  # fmt: skip
RUNS = {"pairs": ["audit", "--set", "teach.model=dummy"], "trained": ["run", *(w for s in SMALL for w in ("--set", s))]}
CHECKS = (
    "file_checksum", "record", "sealed", "read_manifest", "read_file", "check_content", "check_file", "find_damage",
    "expected_checksums", "recorded", "is_damaged", "checksum",
)  # fmt: skip
"""The functions of store/checksums.py that others call."""


class Stopwatch:
    """Seconds of wall and of processor time in functions, and only in the outermost of nested calls."""

    def __init__(self) -> None:
        self.wall = self.processor = 0.0
        self.calls = 0
        self._inside = threading.local()

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose calls are counted."""

        def call(*arguments: Any, **named: Any) -> Any:
            if getattr(self._inside, "is_timed", False):
                return function(*arguments, **named)
            self._inside.is_timed, wall, processor = True, time.perf_counter(), time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                self._inside.is_timed = False
                self.calls += 1
                self.wall += time.perf_counter() - wall
                self.processor += time.thread_time() - processor

        return call


def measure(arguments: list[str]) -> dict[str, float]:
    """Runs a command in this process and prints the checks' shares of it."""
    from secondhalf.models.journal import row_checksums
    from secondhalf.store import checksums

    watch = Stopwatch()
    timed = {id(function): watch.timed(function) for function in (getattr(checksums, name) for name in CHECKS)}
    timed[id(row_checksums.row_checksum)] = watch.timed(row_checksums.row_checksum)
    # Wherever it was imported by name. What is imported later takes it from these.
    for module in [module for name, module in sys.modules.items() if name.startswith("secondhalf.")]:
        for name, value in list(vars(module).items()):
            if id(value) in timed:
                setattr(module, name, timed[id(value)])
    from secondhalf.cli import main

    wall, processor = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        status = main(arguments)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    assert status == 0
    return {
        "seconds": round(wall, 1),
        "checks": watch.calls,
        "wall": round(watch.wall / wall, 5),
        "cpu": round(watch.processor / processor, 5),
    }


def run(name: str, folder: Path) -> dict[str, float]:
    """One run in a process and a folder of its own."""
    command, *options = RUNS[name]
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, __file__, "--measure", json.dumps([command, str(RECIPE), *options])],
        cwd=folder, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    shares: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return shares


def flips(store: Path, bits: int) -> dict[str, int]:
    """Flips so many bits of each table and manifest, one at a time: how many were tried, and how many nothing saw."""
    from secondhalf.errors import UserError
    from secondhalf.store import Store
    from secondhalf.store.checksums import find_damage

    counts = {"tried": 0, "harmless": 0, "unseen": 0, "not_found": 0}
    for stage in Store(store).stages():
        for path in sorted([*stage.path.glob("*.parquet"), stage.path / "manifest.json"]):
            whole, rng = path.read_bytes(), random.Random(path.name)

            def read(path: Path = path, stage: Any = stage) -> object:
                if path.name == "manifest.json":
                    return stage.manifest
                kind, _, index = path.stem.rpartition("-")
                return stage.read_part(kind, int(index)).to_pylist(), stage.rows(kind)

            before = read()
            for _ in range(bits):
                bit = rng.randrange(8 * len(whole))
                data = bytearray(whole)
                data[bit // 8] ^= 1 << bit % 8
                path.write_bytes(data)
                counts["tried"] += 1
                with contextlib.suppress(UserError):
                    counts["harmless" if read() == before else "unseen"] += 1
                counts["not_found"] += find_damage(stage.path) is None
            path.write_bytes(whole)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under 45 seconds; results are not kept")
    parser.add_argument("--measure", help="a command's arguments as JSON: what each run's process does")
    options = parser.parse_args()
    if options.measure:
        return print(json.dumps(measure(json.loads(options.measure))))
    rounds = {"pairs": 1} if options.quick else {"pairs": 3, "trained": 1}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        runs = {name: [run(name, folder / f"{name}-{i}") for i in range(count)] for name, count in rounds.items()}
        flipped = flips(folder / "pairs-0" / "store", 20 if options.quick else 400)
    figures: dict[str, Any] = {"runs": runs, "flips": flipped}
    if "trained" in runs:
        figures["cost"] = runs["trained"][0]["wall"]
    for share in ("cpu", "wall"):
        shares = [each[share] for each in runs["pairs"]]
        figures |= {f"pairs_{share}": statistics.median(shares), f"pairs_{share}_high": max(shares)}
    versions = {name: version(name) for name in ("xxhash", "pyarrow", "torch")}
    return finish("checksums", figures, versions, quick=options.quick)


if __name__ == "__main__":
    main()
