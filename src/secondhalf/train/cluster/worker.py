"""What runs on a node: `fit_tokenised` as one process of a group, in a folder of the node's own.

The process of the run sends the token files and the last checkpoint, hears of every step, and fetches what is written. Training
waits with every checkpoint until it has it: whatever becomes of the node, no more than the steps since then are lost.
"""

import logging
import os
import socket
import threading
from contextlib import nullcontext
from typing import Any, NamedTuple

import psutil

from secondhalf.models.on_node import model_code, model_here
from secondhalf.models.reference import Model
from secondhalf.store import Stage
from secondhalf.store.cluster.node import check_code, named_faults, stand_in
from secondhalf.store.cluster.scratch import Scratch
from secondhalf.store.cluster.sent import write_piece
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import DivergedError

_NEWS_SECONDS = 1.0


class Readiness(NamedTuple):
    """A worker that can begin: where the others reach it, and what it computes with."""

    node: str
    address: str
    device: str
    precision: str


class Job(NamedTuple):
    """What every worker of a group trains."""

    student: Model
    settings: TrainSettings
    seed: int
    label: str
    pairs: int


class TrainingWorker:
    """One worker. Its methods are called from other processes, one of them while another trains."""

    def __init__(self, node: str) -> None:
        self._node, self._scratch = node, Scratch()
        self._stage = Stage(self._scratch.path / "stage")
        self._received: set[str] = set()
        self._news: list[tuple[str, Any]] = []
        self._changed, self._fetched = threading.Condition(), threading.Event()

    def prepare(self, expected: dict[str, str], folder: str, student: Model, precision: str) -> Readiness:
        """Looks whether this node can train what the others do. Raises UserError, which names the node, where it cannot."""
        check_code(self._node, expected, model_code())
        stand_in(folder)
        with named_faults(self._node):
            self._student = model_here(student)

            import ray
            import torch

            from secondhalf.models.weights.load import weights_dtype

            device = "GPU" if torch.cuda.is_available() else "processor"
            dtype = str(weights_dtype(precision)).removeprefix("torch.")
        return Readiness(self._node, ray.util.get_node_ip_address(), device, dtype)

    def free_port(self) -> int:
        """A port that nobody listens at."""
        with socket.create_server(("", 0)) as one:
            return int(one.getsockname()[1])

    def receive(self, name: str, offset: int, data: bytes) -> None:
        """A piece of a file of the stage. Raises UserError where there is no space for it."""
        self._received.add(name)
        with named_faults(self._node):
            write_piece(self._stage.path / name, offset, data)

    def train(self, job: Job, rank: int, workers: int, address: str, port: int) -> tuple[str, Any]:
        """Trains to the end: ("counts", what `fit_student` returns), or ("diverged", the sentence). Raises UserError."""
        from secondhalf.models.weights.load import load_student
        from secondhalf.train.distributed import ProcessGroup
        from secondhalf.train.fit import fit_tokenised

        _join(rank, workers, address, port)
        settings = job.settings.model_copy(update={"loggers": []})  # these are fed by the process of the run
        if rank == 0:
            logging.getLogger("secondhalf").addHandler(_WarningHandler(self._report))
        with named_faults(self._node):
            try:
                group = ProcessGroup()
                tokenizer, base = load_student(
                    self._student.path, settings.precision, four_bits=settings.method == "qlora"
                )
                counts = fit_tokenised(
                    tokenizer, base, job.pairs, self._student, settings, job.seed, self._stage, job.label, group,
                    nullcontext(lambda row: self._report("row", row)), self._hand_over,
                )  # fmt: skip
            except DivergedError as error:
                return "diverged", str(error)
            group.destroy()
        return "counts", counts

    def news(self, after: int) -> list[tuple[str, Any]]:
        """What happened since so many events: ("row", a row of the log), ("checkpoint", its step), ("warning", a sentence).

        Waits for some, a second at most.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._news) > after, _NEWS_SECONDS)
            return self._news[after:]

    def fetched(self) -> None:
        """The process of the run has the last checkpoint: training goes on."""
        self._fetched.set()

    def written(self) -> list[tuple[str, int]]:
        """The files of the stage that were not received, by name, and their bytes; checkpoints too, as long as there are any."""
        root = self._stage.path
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        named = [(path.relative_to(root).as_posix(), path.stat().st_size) for path in paths]
        return [(name, size) for name, size in named if name.startswith("checkpoints/") or name not in self._received]

    def read(self, name: str, offset: int, size: int) -> bytes:
        """A piece of one of these files."""
        with named_faults(self._node), (self._stage.path / name).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def close(self) -> None:
        """Removes what it wrote on the node."""
        self._scratch.remove()

    def _report(self, kind: str, what: Any) -> None:
        with self._changed:
            self._news.append((kind, what))
            self._changed.notify_all()

    def _hand_over(self, step: int) -> None:
        self._fetched.clear()
        self._report("checkpoint", step)
        self._fetched.wait()


class _WarningHandler(logging.Handler):
    """Warnings, reported to the process of the run: nobody reads a worker's own lines."""

    def __init__(self, report: Any) -> None:
        super().__init__(logging.WARNING)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        self._report("warning", record.getMessage())


def _join(rank: int, workers: int, address: str, port: int) -> None:
    """What `torchrun` sets for a process of a group; each worker sees its own GPU alone, whose number is 0."""
    import ray

    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(workers), "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "1"}
    os.environ |= {"MASTER_ADDR": address, "MASTER_PORT": str(port)}
    # By itself gloo listens where the host's name leads, on many systems to 127.0.1.1, which no other node reaches.
    here = ray.util.get_node_ip_address()
    for interface, addresses in psutil.net_if_addrs().items():
        if any(one.address == here for one in addresses):
            os.environ.setdefault("GLOO_SOCKET_IFNAME", interface)
