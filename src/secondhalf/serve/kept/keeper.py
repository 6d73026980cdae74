"""Keeps what is to be kept of requests, also where the database is locked or its disk is full for a while.

What cannot be written waits in memory, in order, and is tried again with further requests and once a minute; no answer waits for
it. Where too much waits the endpoint takes no more requests: what the operator wants kept is not lost in silence.
"""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import KeptRequest, ServeDatabase
from secondhalf.serve.metrics import ServeMetrics

_LOG = logging.getLogger(__name__)
MOST_WAITING = 1000
"""Requests that wait in memory; where there are more, further ones are refused."""
_RETRY = 1.0  # seconds
# What the database says of a row that it takes at no time. Full disks, locks and damage are other errors.
_UNFIT = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ValueError,
    OverflowError,
)


class RequestKeeper:
    """Writes from one thread of its own, so that a database that hangs holds up nobody's answer."""

    def __init__(self, database: ServeDatabase, metrics: ServeMetrics) -> None:
        self._database, self._metrics = database, metrics
        self._waiting: deque[KeptRequest] = deque()
        self._thread = ThreadPoolExecutor(1, "kept")
        self._failing, self._tried = False, 0.0
        self._retrying: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Raises ApiError, status 503, where too much waits to be written."""
        if len(self._waiting) > MOST_WAITING:
            raise ApiError(503, "What has to be kept of requests cannot be written now.", code="database")

    async def keep(self, kept: KeptRequest) -> None:
        """Returns when it is written, or waits to be."""
        self._waiting.append(kept)
        self._metrics.not_kept.set(len(self._waiting))
        if not self._failing:
            await self.write()
        elif time.monotonic() - self._tried > _RETRY:
            self._tried = time.monotonic()
            self._retrying = asyncio.create_task(self.write())

    async def write(self) -> None:
        """Tries to write all that waits."""
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, self._write))

    def _write(self) -> None:
        try:
            while self._waiting:
                try:
                    self._database.keep(self._waiting[0])
                except _UNFIT as error:  # it would be no other tomorrow, and what comes behind must not wait for it
                    _LOG.error("%s cannot be kept, for what it holds: %s", self._waiting[0].request, error)
                self._waiting.popleft()
            self._failing = False
        except sqlite3.Error as error:
            if not self._failing:
                _LOG.error("%s cannot be written (%s): what is to be kept waits.", self._database.path, error)
            self._failing = True
        self._metrics.not_kept.set(len(self._waiting))
        self._tried = time.monotonic()

    async def remove_older(self, days: int) -> None:
        """Removes what was kept longer ago than so many days."""

        def work() -> None:
            try:
                self._database.remove_older(days)
            except (sqlite3.Error, OverflowError) as error:  # or a clock that stands before what can be counted back to
                _LOG.error("What is too old could not be removed from %s: %s", self._database.path, error)

        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Tries once more; says what is lost otherwise."""
        await self.write()
        if self._waiting:
            requests = ", ".join(kept.request for kept in self._waiting)
            _LOG.error("%d requests could not be kept: %s.", len(self._waiting), requests)
        self._thread.shutdown(wait=False)
