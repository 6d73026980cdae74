"""The one event loop of this process, on a thread of its own: connections to servers outlive the stage that opened them."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}  # by process: a thread does not live on in a fork


def shared_loop() -> asyncio.AbstractEventLoop:
    """Runs for ever. What is scheduled on it must not block for long, nor raise SystemExit, which would end it."""
    with _lock:
        loop = _loops.get(os.getpid())
        if loop is None:
            loop = _loops[os.getpid()] = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="loop", daemon=True).start()
    return loop


def run_on_loop(work: Coroutine[Any, Any, T]) -> T:
    """Does this work on the loop and waits for it; who is interrupted meanwhile leaves nothing going on."""
    future = asyncio.run_coroutine_threadsafe(work, shared_loop())
    try:
        return future.result()
    finally:
        future.cancel()
