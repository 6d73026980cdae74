"""Where the parts of a stage are computed: in this process, or in others that work for it and that none outlives.

`Workers` is the one seam: stages hand it a function and get an executor. On a cluster it is `store.cluster.workers.RayWorkers`.
"""

import multiprocessing
import os
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """So many processes of this machine; of one there is no other than this process itself. How many decides nothing."""

    on_cluster = False
    """Whether other machines may be among them: they share no files with this process, and start at once."""

    def __init__(self, count: int = 1) -> None:
        self._count = count

    @property
    def count(self) -> int:
        """How many calls are worked on at a time."""
        return self._count

    @property
    def for_light_work(self) -> "Workers":
        """Those that work is handed to which takes about as long as sending it to another process."""
        return ALONE

    def pays(self, parts: int) -> bool:
        """Whether a pool is worth its start for so many parts: starting a process takes about as long as a part or two."""
        return self.count > 1 and parts >= 2 * self.count

    def pool(self) -> AbstractContextManager[Executor]:
        """An executor for picklable functions; leaving it waits for what is under way."""
        return worker_pool(self.count)

    def free(self) -> None:
        """Closes what a stage left on the cores for the next one of its kind: nothing here."""

    def close(self) -> None:
        """Lets go of what is held between stages: nothing here."""


ALONE = Workers()


def worker_pool(count: int) -> ProcessPoolExecutor:
    """A pool of `count` processes, each of which ends when this one does, however it ends."""
    # spawn: a fork would carry locks that other threads hold, and there is none on macOS.
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), initializer=end_with_parent)


def end_with_parent() -> None:
    """From here on this process, which `multiprocessing` started, ends as soon as the one that started it is gone.

    Idle workers of a pool wait on a queue whose other end they hold themselves: without this they wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="end with the parent").start()
