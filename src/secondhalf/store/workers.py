"""Processes that work for this one, and that none outlives: one that is killed cannot tell them to stop."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


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
