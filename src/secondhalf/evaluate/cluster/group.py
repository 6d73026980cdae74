"""The workers that answer, as the process of the run sees them: as many as the nodes have room for, while parts are left.

They do not wait for one another. A worker that dies or hangs is given up with word of its part; a node that joins gets one.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from secondhalf.errors import UserError
from secondhalf.evaluate.cluster.worker import PartRequest, Place, Student
from secondhalf.models.generation.partial_answers import Tokens
from secondhalf.rows import Answer
from secondhalf.store.cluster.actor import CALLS_AT_ONCE, close_actors, make_actor, opened_name
from secondhalf.store.cluster.lost import LostWorkerError, fault_of, no_cores, silence
from secondhalf.store.cluster.placement import workers_apart
from secondhalf.store.cluster.pool import EMPTY_SECONDS

_LOOK_SECONDS = 1.0  # between two looks at the nodes, and at a worker's news
_STARTS = 10  # workers that are lost before they are ready, with no part answered between


class PartNews(NamedTuple):
    """Tokens of a part that are to be kept."""

    tokens: Mapping[Place, Tokens]


class PartLost(NamedTuple):
    """A part's worker is lost."""

    reason: str


Outcome = PartNews | PartLost | list[list[Answer]]


@dataclass(eq=False)
class _Worker:
    """A worker; `part` is the one it has, and `task` its opening or that part."""

    actor: Any
    task: Any
    node: str = ""
    part: int | None = None
    news: Any = None
    steps: int = 0
    heard: float = field(default_factory=time.monotonic)
    last_poll: float = 0.0


class AnswerGroup:
    """Workers of one student."""

    def __init__(self, student: Student, seconds: float) -> None:
        import ray

        self._student, self._seconds = ray.put(student), seconds
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def work(self, left: deque[int], request: Callable[[int], PartRequest]) -> Iterator[tuple[int, Outcome]]:
        """Has the parts in `left` answered, and tells what comes of each; one that was lost and is in `left` again comes again.

        Raises UserError for what a worker found wrong, for a cluster without room, and where no worker starts.
        """
        last_room = looked = time.monotonic()
        looked -= _LOOK_SECONDS
        while left or any(worker.part is not None for worker in self._workers):
            now = time.monotonic()
            if now - looked >= _LOOK_SECONDS:
                looked = now
                if self._fill(len(left)):
                    last_room = now
                elif now - last_room > EMPTY_SECONDS:
                    raise no_cores()
            for worker in self._workers:
                if worker.node and worker.part is None and left:
                    self._give(worker, left.popleft(), request)
            yield from self._events()

    def close(self) -> None:
        """Ends the workers."""
        close_actors([worker.actor for worker in self._workers])
        self._workers.clear()

    def _fill(self, left: int) -> bool:
        """Starts the workers that there is room and work for. Whether the cluster has room for any."""
        import ray

        try:
            nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        except Exception:  # the head is gone
            return False
        busy = sum(worker.part is not None for worker in self._workers)
        count, resources = workers_apart(nodes, left + busy)
        options = {"num_cpus": resources.get("CPU", 0), "num_gpus": resources.get("GPU", 0)}
        actor = make_actor("secondhalf.evaluate.cluster.worker", "AnswerWorker")
        while len(self._workers) < count:
            placed = ray.remote(max_restarts=0, max_concurrency=CALLS_AT_ONCE, scheduling_strategy="SPREAD", **options)(
                actor
            ).remote()
            self._workers.append(_Worker(placed, placed.open.remote()))
        return count > 0

    def _give(self, worker: _Worker, part: int, request: Callable[[int], PartRequest]) -> None:
        worker.part, worker.heard, worker.steps = part, time.monotonic(), 0
        worker.task = worker.actor.call.remote("answer", self._student, request(part))

    def _events(self) -> Iterator[tuple[int, Outcome]]:
        """What the workers have to say, after a second at most."""
        import ray

        now = time.monotonic()
        for worker in self._workers:
            if worker.part is not None and worker.news is None and now - worker.last_poll >= _LOOK_SECONDS:
                worker.news, worker.last_poll = worker.actor.call.remote("news"), now
        waited = {task: worker for worker in self._workers for task in (worker.task, worker.news) if task is not None}
        if not waited:
            time.sleep(_LOOK_SECONDS / 10)
            return
        ready, _ = ray.wait(list(waited), num_returns=1, timeout=_LOOK_SECONDS, fetch_local=False)
        for task in ready:
            worker = waited[task]
            fault = fault_of(task, worker.node or "of a worker that starts")
            if isinstance(fault, LostWorkerError):
                yield from self._lose(worker, fault)
            elif fault:
                raise fault
            elif task is worker.news:
                yield from self._take_news(worker, ray.get(task))
            else:
                yield from self._take(worker, ray.get(task))
        yield from self._give_up_hanging()

    def _take(self, worker: _Worker, result: Any) -> Iterator[tuple[int, Outcome]]:
        part, worker.part, worker.task = worker.part, None, None
        if part is None:
            worker.node = opened_name(result)
        else:
            worker.news, self._failed_starts = None, 0
            yield part, result

    def _take_news(self, worker: _Worker, news: tuple[int, Mapping[Place, Tokens]]) -> Iterator[tuple[int, Outcome]]:
        worker.news = None
        steps, tokens = news
        if steps != worker.steps:
            worker.steps, worker.heard = steps, time.monotonic()
        if worker.part is not None and tokens:
            yield worker.part, PartNews(tokens)

    def _lose(self, worker: _Worker, fault: LostWorkerError) -> Iterator[tuple[int, Outcome]]:
        if worker not in self._workers:  # its news was lost with it
            return
        self._workers.remove(worker)
        close_actors([worker.actor])
        if worker.part is not None:
            yield worker.part, PartLost(str(fault))
            return
        self._failed_starts += 1
        if self._failed_starts == _STARTS:
            raise UserError(
                f"{_STARTS} workers that answer were lost before they were ready ({fault}): look at the nodes' memory and their "
                "Ray logs, and run again; what was done is kept."
            )

    def _give_up_hanging(self) -> Iterator[tuple[int, Outcome]]:
        now = time.monotonic()
        hanging = [worker for worker in self._workers if now - worker.heard > self._seconds]
        lost = [worker for worker in hanging if worker.part is not None]
        for worker in lost:
            yield from self._lose(worker, silence(worker.node, self._seconds))
        if lost:  # those that wait for a place have theirs now
            for worker in self._workers:
                worker.heard = worker.heard if worker.node else now
        elif hanging and not any(worker.node for worker in self._workers):
            raise UserError(
                f"The Ray cluster's nodes are busy: no worker that answers found a place within {self._seconds / 60:g} minutes: "
                "wait for what runs there (`ray status`), or set cluster.evaluate to false."
            )
