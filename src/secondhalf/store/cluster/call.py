"""A call under way on a cluster: its attempts, and whether a worker has begun it."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Call:
    """A call under way. `function`, `argument`: references to what is called with what; `task`: the stream of what it yields.

    `begun`: when a worker had begun it, as `time.monotonic`, or None while it waits for a core.
    """

    function: Any
    argument: Any
    future: "Future[Any]" = field(default_factory=Future)
    task: Any = None
    attempt: int = 0
    begun: float | None = None


def note_begun(calls: list[Call], now: float) -> None:
    """Sets `begun` of the calls whose first yield has come: not of those that wait for a core or for a worker to start."""
    import ray

    waiting = {call.task: call for call in calls if call.begun is None and call.task is not None}
    if waiting:
        ready, _ = ray.wait(list(waiting), num_returns=len(waiting), timeout=0, fetch_local=False)
        for task in ready:
            waiting[task].begun = now
