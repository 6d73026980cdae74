"""Several processes for one arm, on this machine: `accelerate launch` starts the same function that one process runs, and
Accelerate joins them.

    python -m secondhalf.train.launch STAGE

is what each of them runs. The job and the pairs are files in the stage's folder, and so is what the first one reports.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.models.reference import Model
from secondhalf.progress import messages_on_stderr
from secondhalf.store import Stage
from secondhalf.store.mapper import cores
from secondhalf.train.examples import ROWS
from secondhalf.train.settings import TrainSettings

_PARENT = "SECONDHALF_PARENT"
# `--multi_gpu` means torchrun; without a GPU the processes find that out and talk by gloo (`--cpu` would want MPI). What
# the user told `accelerate config` about this machine shall not decide here: the recipe does.
_HERE = {
    "num_machines": "1",
    "machine_rank": "0",
    "main_process_ip": "127.0.0.1",
    "main_process_port": "0",  # any that is free
    "gpu_ids": "all",
    "mixed_precision": "no",
    "dynamo_backend": "no",
}


def launched(
    shards: Iterable[pa.Table], student: Model, settings: TrainSettings, seed: int, stage: Stage, label: str, run: Path
) -> dict[str, Any]:
    """What `fit` returns, from `settings.processes` processes. Raises UserError with what the first of them said."""
    folder = stage.path / "processes"
    folder.mkdir(exist_ok=True)
    said = folder / "said.json"
    said.unlink(missing_ok=True)
    _write(shards, folder / "pairs.parquet")
    job = {
        "student": [student.reference, str(student.path), student.identity],
        "settings": settings.model_dump(mode="json"),
        "seed": seed,
        "label": label,
        "run": str(run),
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    count = settings.processes
    threads = str(max(1, cores() // count))
    how = {**_HERE, "num_processes": str(count), "num_cpu_threads_per_process": threads}
    command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    command += [f"--{name}={value}" for name, value in how.items()]
    command += ["--module", "secondhalf.train.launch", str(stage.path)]
    environment = {**os.environ, _PARENT: str(os.getpid()), "OMP_NUM_THREADS": threads}
    team = subprocess.Popen(command, env=environment)
    try:
        code = team.wait()
    finally:
        if team.poll() is None:
            team.send_signal(signal.SIGTERM)
            team.wait()
    told = json.loads(said.read_text("utf-8")) if said.is_file() else {}
    if "error" in told:
        raise UserError(told["error"])
    if code or "counts" not in told:
        raise UserError(
            f"{label}: {count} processes ended with {code}: the messages above say why; try train.processes: 1."
        )
    for name in ("job.json", "pairs.parquet", "said.json"):
        (folder / name).unlink()
    folder.rmdir()
    counts: dict[str, Any] = told["counts"]
    return counts


def _write(shards: Iterable[pa.Table], path: Path) -> None:
    writer = None
    for shard in shards:
        writer = writer or pq.ParquetWriter(path, shard.schema)
        writer.write_table(shard)
    if writer:
        writer.close()


def _leave_with(parent: int) -> None:
    """Ends this process when the one that wanted it is gone: a team without a leader would write into its successor's stage."""

    def watch() -> None:
        while psutil.pid_exists(parent):
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    """One process of the team."""
    from secondhalf.train.fit import fitted
    from secondhalf.train.team import Team

    _leave_with(int(os.environ[_PARENT]))
    stage = Stage(Path(sys.argv[1]))
    folder = stage.path / "processes"
    job = json.loads((folder / "job.json").read_text("utf-8"))
    reference, path, identity = job["student"]
    student, settings = Model(reference, Path(path), identity), TrainSettings.model_validate(job["settings"])
    team, pairs = Team(), pq.ParquetFile(folder / "pairs.parquet")
    shards = (pa.Table.from_batches([batch]) for batch in pairs.iter_batches(ROWS))
    try:
        counts = fitted(
            shards,
            pairs.metadata.num_rows,
            student,
            settings,
            job["seed"],
            stage,
            job["label"],
            Path(job["run"]),
            team,
        )
    except UserError as error:
        if team.first:
            (folder / "said.json").write_text(json.dumps({"error": str(error)}), "utf-8")
        return 2
    if team.first:
        (folder / "said.json").write_text(json.dumps({"counts": counts}), "utf-8")
    team.wait()
    team.leave()
    return 0


if __name__ == "__main__":
    with messages_on_stderr():
        ended = main()
    sys.stderr.flush()
    # All is written: torch's own threads, ended in whatever order an interpreter takes things down, abort it now and then.
    os._exit(ended)
