"""What answers: one engine in this process, or several servers with one model. The scheduler sees lanes, one a server."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from secondhalf.models.request import Backend, Reply, Request
from secondhalf.models.scheduling.circuit_breaker import CircuitBreaker
from secondhalf.models.scheduling.concurrency import ConcurrencyLimit
from secondhalf.models.scheduling.rate_limit import RateLimit


@dataclass
class Lane:
    """One server: how to ask it, how much it has in flight, and what is known of its health.

    `answer` raises RefusedError, TroubleError for what may be repeated, UserError for what no repeating mends.
    """

    name: str
    answer: Callable[[Request], Awaitable[Reply]]
    concurrency: ConcurrencyLimit = field(default_factory=ConcurrencyLimit)
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    in_flight: int = 0
    not_before: float = 0.0
    unreached_since: float | None = None
    """When the first connection failed, of a server that has not been reached since; None where it was."""
    greet: Callable[[], Awaitable[None]] | None = None
    """Asks for what costs nothing and takes no time, and returns when there was any answer. Raises TroubleError for a server out
    of reach. None: an engine, which needs no asking."""

    def load(self, now: float) -> float | None:
        """Share of the width in use; None when no request may be sent now."""
        if self.in_flight >= self.concurrency.limit or self.not_before > now or self.breaker.wait(now) != 0:
            return None
        return self.in_flight / self.concurrency.limit


class Pool:
    """The lanes of one backend and the rules they share. Open only inside `async with`, on the scheduler's loop."""

    attempts, backoff, patience, start_patience = 5, 1.0, 900.0, 20.0
    unanswered = "reject"
    """Whether refusals in a row stop the asking: "stop" or "reject" (ServerSettings)."""
    grace: float | None = 5.0
    """Seconds for what is in flight when the user stops; None: until it is done."""

    def __init__(self, lanes: list[Lane], rate_limit: RateLimit | None = None) -> None:
        self.lanes, self.rate_limit = lanes, rate_limit or RateLimit()

    def probe(self, request: Request) -> list[Reply]:
        """A reply from each server to a request that was answered before. Raises what one of them raises; engines have none."""
        del request
        return []

    async def __aenter__(self) -> "Pool":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass


class ThreadPool(Pool):
    """An engine of this process: a thread a slot, and no opinion of its health."""

    grace = None  # a thread cannot be stopped

    def __init__(self, engine: Backend) -> None:
        self._generate, self._slots = engine.generate, engine.slots
        super().__init__([Lane("the engine", self._answer, ConcurrencyLimit(self._slots, self._slots, fixed=True))])

    async def __aenter__(self) -> Pool:
        self._threads = ThreadPoolExecutor(self._slots)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _answer(self, request: Request) -> Reply:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._generate, request)
