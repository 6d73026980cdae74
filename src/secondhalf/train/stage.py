"""The stage of one arm under one seed: trained by one process, by several, or on the nodes of a cluster."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.convert import student_folder
from secondhalf.store import Stage
from secondhalf.store.cluster.workers import RayWorkers
from secondhalf.store.workers import ALONE, Workers
from secondhalf.train.cluster.training import train_on_cluster
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.fit import fit_student
from secondhalf.train.launch import launch_processes
from secondhalf.train.settings import TrainSettings

TRAIN_VERSION = (2,)  # 2: with qlora, gradients were lost on CPUs before


def train_arm(
    pairs: pa.Table | Stage,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path = Path("runs"),
    workers: Workers = ALONE,
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors) or model/, log.jsonl, rejects- and verdicts- tables; returns the manifest's counts.

    Of a stage of pairs one part is in memory at a time. Loggers write under `run`. A cluster's `workers` tokenise the pairs, but
    where several processes of this machine train: then their first one does. Raises UserError when no pair can be
    trained on, the student does not load or does not fit into memory, and when the loss is no number.
    """
    # Converted here, once, and not by every process of a group.
    converted = Model(student.reference, student_folder(student.path, student.identity), student.identity)
    shards, count = (pairs.tables(), pairs.rows()) if isinstance(pairs, Stage) else (iter([pairs]), pairs.num_rows)
    if isinstance(workers, RayWorkers) and workers.settings.train:
        return train_on_cluster(shards, count, student, converted, settings, seed, stage, label, run, workers)
    if settings.processes > 1:
        return launch_processes(shards, converted, settings, seed, stage, label, run)
    return fit_student(shards, count, converted, settings, seed, stage, label, run, ProcessGroup(), workers)
