"""The one event loop of this process, on a thread of its own: connections to servers outlive the stage that opened them."""

import asyncio
import os
import threading
from functools import cache


def loop() -> asyncio.AbstractEventLoop:
    """Runs for ever. What is scheduled on it must not block for long, nor raise SystemExit, which would end it."""
    return _of(os.getpid())  # a thread does not live on in a fork


@cache
def _of(_process: int) -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="loop", daemon=True).start()
    return made
