"""Several processes for one arm, on this machine: `accelerate launch` starts the same function that one process runs, and
Accelerate joins them.

    python -m secondhalf.train.launch STAGE

is what each of them runs. The job and the pairs are files in the stage's folder, and so is what the main process returns.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.models.reference import Model
from secondhalf.process import run_process
from secondhalf.progress import messages_on_stderr
from secondhalf.store import Stage
from secondhalf.store.files import make_folder
from secondhalf.store.workers import cores
from secondhalf.train.dataset import ROWS_PER_SHARD
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import DivergedError

_PARENT = "SECONDHALF_PARENT"
# `--multi_gpu` means torchrun; without a GPU the processes see that and communicate by gloo (`--cpu` would want MPI). What
# the user's `accelerate config` says about this machine shall not decide here: the recipe does.
_LAUNCH_OPTIONS = {
    "num_machines": "1",
    "machine_rank": "0",
    "main_process_ip": "127.0.0.1",
    "main_process_port": "0",  # any that is free
    "gpu_ids": "all",
    "mixed_precision": "no",
    "dynamo_backend": "no",
}


def launch_processes(
    shards: Iterable[pa.Table], student: Model, settings: TrainSettings, seed: int, stage: Stage, label: str, run: Path
) -> dict[str, Any]:
    """What `fit_student` returns, from `settings.processes` processes. Raises UserError with the main one's own message."""
    folder = stage.path / "processes"
    make_folder(folder)
    result_file = folder / "result.json"
    result_file.unlink(missing_ok=True)
    _write(shards, folder / "pairs.parquet")
    job = {
        "student": [student.reference, str(student.path), student.identity],
        "settings": settings.model_dump(mode="json"),
        "seed": seed,
        "label": label,
        "run": str(run),
    }
    (folder / "job.json").write_text(json.dumps(job), "utf-8")
    code = _run_launcher(stage, settings.processes)
    result = json.loads(result_file.read_text("utf-8")) if result_file.is_file() else {}
    if "error" in result:
        raise (DivergedError if result.get("diverged") else UserError)(result["error"])
    if code or "counts" not in result:
        raise UserError(
            f"{label}: {settings.processes} processes ended with {code}: the messages above say why; try train.processes: 1."
        )
    rmtree(folder)
    counts: dict[str, Any] = result["counts"]
    return counts


def _run_launcher(stage: Stage, processes: int) -> int:
    """Runs `main` in so many processes; the launcher's exit status."""
    threads = str(max(1, cores() // processes))
    options = {**_LAUNCH_OPTIONS, "num_processes": str(processes), "num_cpu_threads_per_process": threads}
    command = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    command += [f"--{name}={value}" for name, value in options.items()]
    command += ["--module", "secondhalf.train.launch", str(stage.path)]
    environment = {**os.environ, _PARENT: str(os.getpid()), "OMP_NUM_THREADS": threads}
    launcher = subprocess.Popen(command, env=environment)
    try:
        return launcher.wait()
    finally:
        if launcher.poll() is None:
            launcher.send_signal(signal.SIGTERM)
            launcher.wait()


def _write(shards: Iterable[pa.Table], path: Path) -> None:
    writer = None
    for shard in shards:
        writer = writer or pq.ParquetWriter(path, shard.schema)
        writer.write_table(shard)
    if writer:
        writer.close()


def _exit_with(parent: int) -> None:
    """Ends this process when its parent is gone: processes without one would write into their successors' stage."""

    def watch() -> None:
        # Known by when it began too: its number may be given to another process.
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(parent)
            while process.is_running():
                time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    """One process of the group."""
    from secondhalf.train.distributed import ProcessGroup
    from secondhalf.train.fit import fit_student

    _exit_with(int(os.environ[_PARENT]))
    stage = Stage(Path(sys.argv[1]))
    folder = stage.path / "processes"
    job = json.loads((folder / "job.json").read_text("utf-8"))
    reference, path, identity = job["student"]
    student, settings = Model(reference, Path(path), identity), TrainSettings.model_validate(job["settings"])
    group, pairs = ProcessGroup(), pq.ParquetFile(folder / "pairs.parquet")
    shards = (pa.Table.from_batches([batch]) for batch in pairs.iter_batches(ROWS_PER_SHARD))
    count, seed, label, run = pairs.metadata.num_rows, job["seed"], job["label"], Path(job["run"])
    try:
        counts = fit_student(shards, count, student, settings, seed, stage, label, run, group)
    except UserError as error:
        if group.is_main_process:
            failure = {"error": str(error), "diverged": isinstance(error, DivergedError)}
            (folder / "result.json").write_text(json.dumps(failure), "utf-8")
        return 2
    if group.is_main_process:
        (folder / "result.json").write_text(json.dumps({"counts": counts}), "utf-8")
    group.wait_for_everyone()
    group.destroy()
    return 0


if __name__ == "__main__":
    with messages_on_stderr():
        run_process(main)
