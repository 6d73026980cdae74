"""The workers of one attempt, as the process of the run sees them: actors on the nodes, rank by rank.

Actors of our own, not Ray Train: that keeps its checkpoints on storage which all nodes share, and the store has one writer, the
machine of the run, to which they come instead.
"""

import os
from collections.abc import Sequence
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.on_node import model_code
from secondhalf.models.reference import Model
from secondhalf.store.cluster.actor import CALLS_AT_ONCE, close_actors, make_actor, opened_name
from secondhalf.store.cluster.lost import LostWorkerError, fault_of, silence
from secondhalf.store.cluster.placement import Room
from secondhalf.train.cluster.worker import Job, Readiness
from secondhalf.train.settings import TrainSettings

_LAST_WORDS_SECONDS = 10.0  # until the error that brought the others down is known


class WorkerGroup:
    """Workers that are ready to train."""

    def __init__(self, room: Room, student: Model, settings: TrainSettings, seconds: float) -> None:
        """Raises UserError where a node cannot train what the others do, and LostWorkerError where one is lost, or not ready
        after so many `seconds`."""
        import ray

        self._names, self._seconds = list[str](), seconds
        options = {"max_restarts": 0, "max_concurrency": CALLS_AT_ONCE}
        actor = make_actor("secondhalf.train.cluster.worker", "TrainingWorker")
        self._actors = [ray.remote(**options, **room.options(rank))(actor).remote() for rank in range(room.count)]
        try:
            for answer in self._answers([one.open.remote() for one in self._actors], seconds):
                self._names.append(opened_name(answer))
            self.workers: list[Readiness] = self.ask(
                "prepare", model_code(), os.getcwd(), student, settings.precision, seconds=seconds
            )
            _check_alike(self.workers)
        except BaseException:
            self.close()
            raise

    def ask(self, method: str, *arguments: Any, seconds: float) -> list[Any]:
        """What the method returns on every worker."""
        return self._answers([one.call.remote(method, *arguments) for one in self._actors], seconds)

    def ask_main(self, method: str, *arguments: Any, seconds: float) -> Any:
        """What it returns on the main worker, which writes."""
        return self._answers([self._actors[0].call.remote(method, *arguments)], seconds)[0]

    def train(self, job: Job) -> list[Any]:
        """Starts the training: the tasks of the workers, rank by rank."""
        address, port = self.workers[0].address, self.ask_main("free_port", seconds=self._seconds)
        count = len(self._actors)
        return [one.call.remote("train", job, rank, count, address, port) for rank, one in enumerate(self._actors)]

    def news_or_end(self, tasks: Sequence[Any], after: int, seconds: float) -> tuple[list[tuple[str, Any]], Any]:
        """The main worker's news, and what it returned where it is done, else None. Raises as `ask`, whichever worker failed."""
        import ray

        # Before the news are asked for: those of a worker that is done are then all there.
        done, _ = ray.wait(list(tasks), num_returns=len(tasks), timeout=0, fetch_local=False)
        if self._faults(tasks, done):
            raise self._first_fault(tasks)
        news = self._actors[0].call.remote("news", after)
        running = [task for task in tasks if task not in done]
        ready, _ = ray.wait([news, *running], num_returns=1, timeout=seconds, fetch_local=False)
        if not ready:
            raise self._silent(0, seconds)
        if news not in ready:  # a worker is done, or lost
            return [], None
        events = self._answers([news], seconds)[0]
        return events, ray.get(tasks[0]) if tasks[0] in done else None

    def close(self) -> None:
        """Ends the workers, and removes what they wrote on their nodes."""
        close_actors(self._actors)

    def _answers(self, tasks: list[Any], seconds: float) -> list[Any]:
        import ray

        _, hanging = ray.wait(tasks, num_returns=len(tasks), timeout=seconds, fetch_local=False)
        for rank, task in enumerate(tasks):
            if task in hanging:
                raise self._silent(rank, seconds)
        for fault in self._faults(tasks, tasks):
            raise fault
        return [ray.get(task) for task in tasks]

    def _faults(self, tasks: Sequence[Any], done: Sequence[Any]) -> list[Exception]:
        return [
            fault for rank, task in enumerate(tasks) if task in done and (fault := fault_of(task, self._name(rank)))
        ]

    def _first_fault(self, tasks: Sequence[Any]) -> Exception:
        """Of several workers that failed, for one that dies brings down the others: what people can mend, else who died."""
        import ray

        done, _ = ray.wait(list(tasks), num_returns=len(tasks), timeout=_LAST_WORDS_SECONDS, fetch_local=False)
        faults = self._faults(tasks, done)
        return min(faults, key=lambda fault: (not isinstance(fault, UserError), not str(fault).startswith("node")))

    def _silent(self, rank: int, seconds: float) -> LostWorkerError:
        return silence(self._name(rank), seconds)

    def _name(self, rank: int) -> str:
        return self._names[rank] if rank < len(self._names) else f"of worker {rank}"


def _check_alike(workers: Sequence[Readiness]) -> None:
    """Raises UserError for workers that would not compute the same."""
    first = workers[0]
    for other in workers[1:]:
        if other.device != first.device:
            raise UserError(
                f"Node {first.node} would train on its {first.device} and node {other.node} on its {other.device}: leave one of "
                "them out of the cluster."
            )
        if other.precision != first.precision:
            raise UserError(
                f"Node {first.node} would train in {first.precision} and node {other.node} in {other.precision}: set "
                "train.precision to float32, or leave one of them out of the cluster."
            )
