"""The loop's side of the schedule: sends, repeats, stores.

A slot is free again only when its reply is in the journal, so a process that is killed repeats at most what was in
flight. What arrived together is stored together.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from secondhalf.errors import UserError
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.models.request import Paid, RefusedError, Reply, Request, TroubleError
from secondhalf.models.scheduling.pool import Lane, Pool

RequestOutcome = tuple[Request, Reply | RefusedError]
_LONGEST_WAIT = 60.0  # seconds between two repeats


class ChargeSink(Protocol):
    """Counts what is spent, and says when no more may be."""

    @property
    def exhausted(self) -> str:
        """A sentence, or "" while there is money left."""

    def charge(self, prompt_tokens: int, response_tokens: int, *, estimated: bool = False) -> None:
        """A reply was stored, or an answer billed that is none."""


def charge_reply(ledger: ChargeSink | None, reply: Reply) -> None:
    """Books a paid reply, and that its tokens are estimated where they are."""
    if ledger and reply.estimated:
        ledger.charge(reply.prompt_tokens, reply.response_tokens, estimated=True)
    elif ledger:
        ledger.charge(reply.prompt_tokens, reply.response_tokens)


@dataclass(slots=True)
class _Job:
    request: Request
    spent: int = 0  # tenths of an attempt
    failures: int = 0


async def _is_mute(lane: Lane, seconds: float) -> bool:
    if lane.greet is None:
        return False
    try:
        await asyncio.wait_for(lane.greet(), seconds)
    except TimeoutError:
        return True
    except Exception:  # it spoke, if only nonsense, or is out of reach: the requests themselves meet that
        pass
    lane.greet = None  # once is enough for a pool that is asked again and again
    return False


class Sender:
    """Everything that happens on the loop. `out` is handed outcomes, and sentences for the user."""

    def __init__(
        self,
        pool: Pool,
        identity: str,
        journal: ReplyJournal,
        ledger: ChargeSink | None,
        out: Callable[[list[RequestOutcome] | str], None],
    ) -> None:
        self._pool, self._identity, self._journal, self._ledger, self._out = pool, identity, journal, ledger, out
        self._queue: deque[_Job] = deque()
        self._unsaved: list[tuple[Lane, Request, Reply]] = []
        self._random = random.Random(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = asyncio.Event()
        self._reached = self._heard = False

    async def run(self, on_started: Callable[[], None]) -> None:
        """Works until it is stopped, and raises what stopped it when everything that was in flight has been handed out."""
        self._loop = asyncio.get_running_loop()
        async with self._pool:
            for lane in self._pool.lanes:  # what an earlier schedule left behind
                lane.in_flight = 0
                lane.breaker.answered()
                lane.unreached_since = None
            greeting = self._loop.create_task(self._greet())
            on_started()
            await self._ended.wait()
            greeting.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._pool.grace if self._fault is None else None)
            for task in self._tasks:
                task.cancel()
            self._save()
        if self._fault is not None:
            raise self._fault

    def stop(self, fault: BaseException | None = None) -> None:
        """Sends nothing more. Without a fault, what is in flight has the pool's grace to come."""
        if not self._ended.is_set():
            self._fault = fault
            self._ended.set()

    async def _greet(self) -> None:
        """Stops within seconds where no server says anything at all. One that is slow to write a reply answers this at once."""
        most, lanes = self._pool.start_patience, self._pool.lanes
        mute = await asyncio.gather(*(_is_mute(lane, most) for lane in lanes))
        if self._heard or not any(mute):
            return
        if all(silent or lane.unreached_since is not None for silent, lane in zip(mute, lanes, strict=True)):
            names = " and ".join(lane.name for lane in lanes)
            self.stop(
                UserError(
                    f"{names}: connections are taken and nothing is answered for {most:g} seconds, not even which models there "
                    "are (server.start_patience). Correct server.urls, or start the server again; `secondhalf doctor RECIPE` "
                    "tries it."
                )
            )
            for task in self._tasks:  # else what is in flight would be waited for, which is server.timeout
                task.cancel()

    def add(self, requests: Iterable[Request]) -> None:
        """Queues requests."""
        self._queue.extend(_Job(request) for request in requests)
        self._pump()

    def _pump(self) -> None:
        """Sends as much as may go now, and comes back when more may."""
        now = self._loop.time()
        while self._queue and not self._ended.is_set():
            if self._ledger and self._ledger.exhausted:
                return self.stop(UserError(self._ledger.exhausted))
            wait, lane = self._pool.rate_limit.wait(now), self._lane(now)
            if lane is None or wait > 0:
                return self._pump_later(now, wait)
            job = self._queue.popleft()
            self._pool.rate_limit.sent(job.request, now)
            lane.breaker.sent()
            lane.in_flight += 1
            task = self._loop.create_task(self._send(lane, job, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return None

    def _lane(self, now: float) -> Lane | None:
        """The least loaded lane that may be sent a request now."""
        best, least = None, 1.0
        for lane in self._pool.lanes:
            load = lane.load(now)
            if load is not None and load < least:
                best, least = lane, load
        return best

    def _pump_later(self, now: float, wait: float) -> None:
        """Pumps again when the pace, a Retry-After or a breaker allows; a reply that comes pumps by itself."""
        waits = [
            max(lane.not_before - now, lane.breaker.wait(now) or 0.0)
            for lane in self._pool.lanes
            if lane.in_flight < lane.concurrency.limit and lane.breaker.wait(now) is not None
        ]
        if waits:
            if self._timer:
                self._timer.cancel()
            self._timer = self._loop.call_later(max(min(waits), wait, 0.001), self._pump)

    async def _send(self, lane: Lane, job: _Job, sent: float) -> None:
        try:
            reply = await lane.answer(job.request)
        except TroubleError as trouble:
            lane.in_flight -= 1
            self._charge(trouble.paid)
            self._retry_or_refuse(lane, job, sent, trouble)
        except RefusedError as refusal:
            lane.in_flight -= 1
            self._answered(lane)
            self._charge(refusal.paid)
            self._out([(job.request, refusal)])
        except BaseException as fault:
            lane.in_flight -= 1
            self.stop(fault)
        else:
            now = self._loop.time()
            tokens = reply.prompt_tokens + reply.response_tokens
            lane.concurrency.answered(
                reply.response_tokens or 1, sent, now, full=lane.in_flight >= lane.concurrency.limit
            )
            self._pool.rate_limit.answered(job.request, tokens, now)
            self._answered(lane)
            if not self._unsaved:
                self._loop.call_soon(self._save)
            self._unsaved.append((lane, job.request, replace(reply, seconds=now - sent)))
            return
        self._pump()

    def _save(self) -> None:
        """Stores what has arrived; only then is it handed on, charged, and its slots are free."""
        arrived, self._unsaved = self._unsaved, []
        if not arrived:
            return
        replies = [(request, reply) for _, request, reply in arrived]
        for lane, _, _ in arrived:
            lane.in_flight -= 1
        try:
            self._journal.store(self._identity, replies)
        except BaseException as fault:
            self.stop(fault)
            return
        for _, reply in replies:
            charge_reply(self._ledger, reply)
        self._out(list(replies))
        self._pump()

    def _charge(self, paid: Paid | None) -> None:
        if self._ledger and paid:
            self._ledger.charge(*paid)

    def _answered(self, lane: Lane) -> None:
        self._reached, self._heard, lane.unreached_since = True, True, None
        if lane.breaker.answered():
            self._out(f"{lane.name} answers again.")

    def _retry_or_refuse(self, lane: Lane, job: _Job, sent: float, trouble: TroubleError) -> None:
        """Repeats the request later, or refuses it when its attempts are used up."""
        now = self._loop.time()
        self._reached = self._reached or not trouble.unreached
        lane.unreached_since = (lane.unreached_since or now) if trouble.unreached else None
        dead = lane.breaker.open
        if lane.breaker.failed(now, talks=trouble.cost == 10):
            self._out(f"{lane.name} is paused: {trouble}. One request now and then tries it.")
        if trouble.too_much:
            lane.concurrency.too_much(sent, now)
        if trouble.after is not None:
            lane.not_before = max(lane.not_before, now + trouble.after)
        self._give_up(now, trouble)
        job.spent += 0 if dead and trouble.cost < 10 else trouble.cost
        job.failures += 1
        if job.spent >= 10 * self._pool.attempts:
            self._out([(job.request, RefusedError(f"{trouble} (tried {job.failures} times)", fault="server"))])
            return
        if lane.breaker.open:  # to the end of the line, so that no row pays with all its attempts for a dead server
            self._queue.append(job)
            return
        if trouble.after is not None:  # the lane waits, and another may take it at once
            self._queue.appendleft(job)
            return
        most = min(_LONGEST_WAIT, self._pool.backoff * 2 ** min(job.failures - 1, 10))
        self._loop.call_later(self._random.uniform(0, most), self._requeue, job)

    def _requeue(self, job: _Job) -> None:
        self._queue.appendleft(job)
        self._pump()

    def _give_up(self, now: float, trouble: TroubleError) -> None:
        """Stops when no server has answered for longer than the patience, or none will, or none was ever reached."""
        lanes, start = self._pool.lanes, self._pool.start_patience
        since = [lane.unreached_since for lane in lanes if lane.unreached_since is not None]
        if not self._reached and len(since) == len(lanes) and now - max(since) >= start:
            self.stop(
                UserError(
                    f"{' and '.join(lane.name for lane in lanes)}: no connection for {start:g} seconds "
                    f"(server.start_patience); {trouble}. Start the server, or correct server.urls; `secondhalf doctor RECIPE` "
                    "tries it."
                )
            )
            return
        patience = self._pool.patience
        if any(max(lane.breaker.silent(now), lane.not_before - now) < patience for lane in self._pool.lanes):
            return
        self.stop(
            UserError(
                f"No server answers, or none will, for {patience:g} seconds (server.patience); the last said: {trouble}. "
                "What was done is kept: start again when it is back."
            )
        )
