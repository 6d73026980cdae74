"""An executor on a Ray cluster. A call is done again elsewhere when its node is lost or hangs: what it computes is pure.

Ray's tasks, not Ray Data: a part is three tables and a file of the store, written as it comes back, and a run that stops goes on
at the part where it stopped; Ray Data's blocks keep neither. What a call gets lies in Ray's store of objects until it is done.
"""

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from secondhalf.errors import UserError
from secondhalf.store.cluster.call import Call, note_begun
from secondhalf.store.cluster.calls import MISSING, make_call
from secondhalf.store.cluster.lost import for_people, has_cores, no_cores
from secondhalf.store.cluster.node import code

_LOG = logging.getLogger(__name__)
_RETRIES = 10  # of one call whose worker or node died
_ATTEMPTS = 3  # of one call that hangs
_WATCH_SECONDS = 1.0
EMPTY_SECONDS = 60.0  # so long a cluster may be without a core, as when its only node starts again


class RayPool(Executor):
    """Calls on the nodes of the cluster that this process is connected to.

    `seconds`: a call that has run so long counts as hanging.
    """

    def __init__(self, seconds: float) -> None:
        import ray

        self._seconds, self._folder = seconds, os.getcwd()
        self._task = ray.remote(max_retries=_RETRIES, num_cpus=1, num_returns="streaming")(make_call())
        self._expected = ray.put(code())
        self._functions: dict[int, tuple[Callable[..., Any], Any]] = {}
        self._calls: set[Call] = set()
        self._lock, self._done = threading.Lock(), threading.Event()
        self._ended: queue.SimpleQueue[tuple[Call, int, Any, Future[Any]]] = queue.SimpleQueue()
        self._watch = threading.Thread(target=self._watch_calls, name="cluster watch", daemon=True)
        self._watch.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> "Future[Any]":
        """The call's future. Its exception is what the function raised, or a UserError naming the node and the mend."""
        import ray

        if named:
            raise TypeError("a call on a cluster takes no named arguments: use functools.partial")
        # A function is sent once and kept while the pool lives: it may hold an index that is larger than its parts.
        if id(function) not in self._functions:
            self._functions[id(function)] = (function, ray.put(function))
        call = Call(self._functions[id(function)][1], ray.put(arguments))
        with self._lock:
            self._calls.add(call)
        self._start(call)
        return call.future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stops what is still under way: those who left the pool have what they wanted, or failed."""
        import ray

        self._done.set()
        with self._lock:
            left, self._calls = list(self._calls), set()
        for call in left:
            call.future.cancel()
            ray.cancel(call.task, force=True)
        self._watch.join()
        self._functions.clear()

    def _start(self, call: Call) -> None:
        call.attempt, call.begun = call.attempt + 1, None
        attempt = call.attempt
        # The references stand in a list: they are fetched inside the call, where a package that is missing can be told.
        task = call.task = self._task.remote(self._expected, self._folder, [call.function, call.argument])
        task.completed().future().add_done_callback(lambda end: self._ended.put((call, attempt, task, end)))

    def _fetch(self, call: Call, attempt: int, task: Any, end: "Future[Any]") -> None:
        """Asks for what a task yielded last. Not in Ray's own thread, which fetches it."""
        with self._lock:
            if call.attempt != attempt:
                return
        try:
            references = [] if end.exception() else list(task)
        except Exception as error:  # of Ray: one call's, not the end of this thread
            return self._fail(call, for_people(error))
        last = references[-1].future() if references else end
        last.add_done_callback(lambda done: self._finish(call, attempt, done))

    def _finish(self, call: Call, attempt: int, done: "Future[Any]") -> None:
        with self._lock:
            if call not in self._calls or call.attempt != attempt:  # it was given up, or to another node
                return
            self._calls.discard(call)
        error = done.exception()
        if error is not None:
            return call.future.set_exception(for_people(error))
        result = done.result()
        if isinstance(result, tuple) and result and isinstance(result[0], str) and result[0] == MISSING:
            _, node, reason = result
            return call.future.set_exception(
                UserError(
                    f"Node {node} has not the package secondhalf ({reason}): install it there as on this machine."
                )
            )
        call.future.set_result(result)

    def _fail(self, call: Call, error: BaseException) -> None:
        with self._lock:
            if call not in self._calls:
                return
            self._calls.discard(call)
        call.future.set_exception(error)

    def _watch_calls(self) -> None:
        """Takes what ended; gives calls that hang to other workers, and gives up where there are none."""
        looked = last_core = time.monotonic()
        while not self._done.is_set():
            with contextlib.suppress(queue.Empty):
                self._fetch(*self._ended.get(timeout=_WATCH_SECONDS))
            now = time.monotonic()
            if now - looked < _WATCH_SECONDS:
                continue
            looked = now
            with self._lock:
                calls = list(self._calls)
            last_core = now if not calls or has_cores() else last_core
            if now - last_core > EMPTY_SECONDS:
                for call in calls:
                    self._fail(call, no_cores())
            note_begun(calls, now)
            for call in calls:
                if call.begun is not None and now - call.begun > self._seconds:
                    self._try_again(call)

    def _try_again(self, call: Call) -> None:
        import ray

        if call.attempt >= _ATTEMPTS:
            minutes = f"{self._seconds / 60:g}"
            hung = UserError(
                f"A part did not come back within {minutes} minutes from {_ATTEMPTS} workers of the Ray cluster: raise "
                "cluster.part_minutes, or look for what hangs (`ray status`, `ray list tasks`); what was done is kept."
            )
            self._fail(call, hung)
            ray.cancel(call.task, force=True)
            return
        _LOG.warning("a part did not come back within %g minutes: it is given to another worker", self._seconds / 60)
        hanging = call.task
        self._start(call)
        ray.cancel(hanging, force=True)
