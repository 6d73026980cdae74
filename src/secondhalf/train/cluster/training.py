"""Trains one arm on the nodes of a cluster: tokens are made, workers train, what they write comes into this machine's stage.

When a worker is lost all of them are, for they compute every step together: others begin anew at the last checkpoint.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.on_node import by_its_files
from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import context_of
from secondhalf.models.weights.load import load_config, load_tokenizer
from secondhalf.progress import Progress
from secondhalf.store import Stage
from secondhalf.store.cluster.lost import LostWorkerError
from secondhalf.store.cluster.placement import Room
from secondhalf.store.cluster.workers import RayWorkers
from secondhalf.train.cluster.files import fetch_checkpoint, fetch_results, send_stage
from secondhalf.train.cluster.group import WorkerGroup
from secondhalf.train.cluster.worker import Job
from secondhalf.train.dataset import check_not_empty, read_datasets, tokenise_pairs
from secondhalf.train.log import LogRow
from secondhalf.train.loggers import open_loggers
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from secondhalf.train.trainer import DivergedError

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3  # without a checkpoint between them


def train_on_cluster(
    shards: Iterable[pa.Table],
    count: int,
    student: Model,
    converted: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path,
    workers: RayWorkers,
) -> dict[str, Any]:
    """What `fit_student` returns, from `settings.processes` workers on nodes. `converted`: the student's folder of safetensors.

    Raises UserError as `train_arm` does, and where nodes lack what training needs or are lost again and again.
    """
    workers.connect()
    encoder = Encoder.of(load_tokenizer(converted.path), settings, count, context_of(load_config(converted.path)))
    tokenise_pairs(shards, encoder, stage, count, label, workers)
    examples, _, _ = read_datasets(stage)
    check_not_empty(label, count, examples, stage.read("rejects"))
    job, seconds = Job(by_its_files(student), settings, seed, label, count), workers.settings.part_minutes * 60
    hyperparameters = settings.model_dump() | {"seed": seed}
    loggers = open_loggers(settings.loggers, run, label.removeprefix("train "), hyperparameters)
    total = int(examples.lengths.sum()) * settings.epochs
    workers.free()
    with loggers as on_log, Progress(label, total, "tokens") as progress:
        training = _ClusterTraining(job, stage, seconds, on_log, progress)
        counts = training.run()
        if counts.get("stopped_early"):
            progress.say(f"stopped early after step {counts['steps']}: the held-out loss no longer falls")
    for folder in ("checkpoints", "tokens"):
        shutil.rmtree(stage.path / folder, ignore_errors=True)
    return counts


class _ClusterTraining:
    """One training over its attempts: which step was logged last, and how often workers were lost since the last checkpoint."""

    def __init__(
        self, job: Job, stage: Stage, seconds: float, on_log: Callable[[LogRow], None], progress: Progress
    ) -> None:
        self._job, self._stage, self._seconds = job, stage, seconds
        self._on_log, self._progress = on_log, progress
        self._last_step, self._last_tokens, self._lost = 0, 0, 0

    def run(self) -> dict[str, Any]:
        """Attempts until one comes to the end; the counts."""
        while True:
            try:
                return self._attempt()
            except LostWorkerError as error:
                self._lost += 1
                if self._lost >= _ATTEMPTS:
                    raise UserError(
                        f"{self._job.label}: workers were lost {self._lost} times without a checkpoint between ({error}): look "
                        "at that node's memory and disk and its Ray logs, or lower train.tokens_per_batch or "
                        "train.checkpoint_steps; the same command goes on from the last checkpoint."
                    ) from error
                _LOG.warning("%s: %s; training goes on from the last checkpoint", self._job.label, error)

    def _attempt(self) -> dict[str, Any]:
        settings = self._job.settings
        least = 2 if settings.sharding == "fsdp" else 1
        with (
            closing(Room(settings.processes, least, self._seconds)) as room,
            closing(WorkerGroup(room, self._job.student, settings, self._seconds)) as group,
        ):
            send_stage(self._stage, group)
            tasks, seen, heard, result = group.train(self._job), 0, time.monotonic(), None
            while result is None:
                events, result = group.news_or_end(tasks, seen, self._seconds)
                for kind, what in events:
                    self._handle(kind, what, group)
                seen += len(events)
                heard = time.monotonic() if events else heard
                if time.monotonic() - heard > self._seconds:
                    raise LostWorkerError(f"no step ended within {self._seconds / 60:g} minutes (cluster.part_minutes)")
            outcome, what = result
            if outcome == "diverged":
                raise DivergedError(what)
            fetch_results(self._stage, group)
            return {**what, "workers": room.count}

    def _handle(self, kind: str, what: Any, group: WorkerGroup) -> None:
        if kind == "warning":
            _LOG.warning("%s", what)
        elif kind == "checkpoint":
            fetch_checkpoint(self._stage, group, what)
            self._lost = 0
            group.ask_main("fetched", seconds=self._seconds)
        elif what["step"] > self._last_step:  # after a checkpoint the rows before it come again
            self._on_log(what)
            self._progress.advance(what["tokens"] - self._last_tokens, loss=f"{what['loss']:.3f}")
            self._last_step, self._last_tokens = what["step"], what["tokens"]
