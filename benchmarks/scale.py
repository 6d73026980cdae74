"""A Ray cluster against this machine's own pool of processes, on the same cores: documents/s of cleaning.

    python benchmarks/scale.py [--quick]

Sections of about 540 words are repeated with a number before each, so that no two are alike, and go through `map_table` with the
filters of a recipe: by one process, by a pool of as many processes as there are cores, and by a Ray that is started here with as
many cores. `ratio` is Ray's speed against the pool's, in turns; `growth` the pool's against one process. Starting Ray is timed
apart (`start_s`): a run starts it once. Times are wall clock, so nothing else should run. Needs the extra `ray`; what it
measures is one machine, where nothing goes over a network. Wanted: a ratio of 0.8 at a million documents.
"""

import os
import tempfile
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from harness import arguments, documents, finish
from in_turns import in_turns, ratio_of, rounded
from secondhalf.clean.stage import CleanSettings, clean_documents
from secondhalf.rows import Document, digest, to_table
from secondhalf.store import Stage
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.store.cluster.workers import RayWorkers
from secondhalf.store.mapper import map_table
from secondhalf.store.workers import ALONE, Workers, cores

FULL, QUICK = 200_000, 3_000


def rows(count: int) -> pa.Table:
    """So many documents, ordered by id."""
    texts = documents(540)
    made = (f"{number}. {texts[number % len(texts)]}" for number in range(count))
    return to_table(Document, sorted((Document(digest(text), text, "made") for text in made), key=lambda row: row.id))


def speed(table: pa.Table, workers: Workers) -> float:
    """Documents a second from the table to the stage's files."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        map_table(
            Stage(Path(folder) / "clean" / "0"),
            table,
            partial(clean_documents, settings=CleanSettings()),
            "clean",
            workers,
        )
        return float(table.num_rows / (time.monotonic() - start))


def main() -> None:
    """Prints the figures as one line of JSON; the full run also writes results/scale.json."""
    options = arguments(__doc__ or "")
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112  (Ray's default is 15, which beside other work is another machine)
    table = rows(QUICK if options.quick else FULL)
    ray, start = RayWorkers(ClusterSettings()), time.monotonic()
    count = ray.count
    start_s = time.monotonic() - start
    try:
        speed(table.slice(0, 2000), ray)  # its processes import what they need once
        sides = {"one": ALONE, "pool": Workers(cores()), "ray": ray}
        runs = in_turns(
            2 if options.quick else 5, **{name: partial(speed, table, side) for name, side in sides.items()}
        )
    finally:
        ray.close()
    figures = {
        **ratio_of(runs["ray"], runs["pool"]),
        **ratio_of(runs["pool"], runs["one"], "growth"),
        "documents": table.num_rows,
        "cores": count,
        "start_s": round(start_s, 1),
        "documents_per_s": rounded(runs),
    }
    finish("scale", figures, {"ray": version("ray"), "pyarrow": version("pyarrow")}, quick=options.quick)


if __name__ == "__main__":
    main()
