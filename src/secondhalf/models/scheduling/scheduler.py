"""Keeps a pool of servers, or an engine, busy, on the process's event loop."""

import asyncio
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue

from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.models.request import Request
from secondhalf.models.scheduling.event_loop import shared_loop
from secondhalf.models.scheduling.pool import Pool
from secondhalf.models.scheduling.sender import ChargeSink, RequestOutcome, Sender


class Scheduler:
    """The running schedule of one asking: requests go in, outcomes come out, both from the asker's thread."""

    def __init__(self, pool: Pool, identity: str, journal: ReplyJournal, ledger: ChargeSink | None = None) -> None:
        self._pool = pool
        self._out: SimpleQueue[list[RequestOutcome] | str | BaseException] = SimpleQueue()
        self._sender = Sender(pool, identity, journal, ledger, self._out.put)
        self._loop, self._started = shared_loop(), threading.Event()
        self._run = asyncio.run_coroutine_threadsafe(self._work(), self._loop)
        self._started.wait()

    @property
    def concurrency(self) -> int:
        """How many requests go at once, as far as is known by now."""
        return sum(lane.concurrency.limit for lane in self._pool.lanes)

    def add(self, requests: Sequence[Request]) -> None:
        """Queues requests."""
        self._loop.call_soon_threadsafe(self._sender.add, requests)

    def next(self, timeout: float | None = None) -> list[RequestOutcome] | str:
        """What was answered and stored, or refused; or a notice for the user; an empty list after the timeout.

        Raises what ended the schedule, after everything that was in flight has been handed on.
        """
        try:
            event = self._out.get(timeout=timeout)
        except Empty:
            return []
        if isinstance(event, BaseException):
            raise event
        return event

    def close(self) -> None:
        """Ends the schedule: nothing more is sent; what is in flight gets a moment to be stored."""
        self._loop.call_soon_threadsafe(self._sender.stop)
        self._run.result()

    async def _work(self) -> None:
        try:
            await self._sender.run(self._started.set)
        except BaseException as error:  # for the asker; the loop is everybody's
            self._out.put(error)
        finally:
            self._started.set()
