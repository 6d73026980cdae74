"""Asks many requests: first the journal, then the model, as many in flight as it rewards.

A reply is in the journal before it is handed on, so a process that is killed repeats only what was in flight. Requests
stream in and replies stream out: what is held in memory is what is in hand, whatever the number of rows.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice

from secondhalf.models.journal.reply_journal import ReplyClaims, ReplyJournal
from secondhalf.models.request import Backend, RefusedError, Reply, Request, TroubleError
from secondhalf.models.scheduling.pool import Pool, ThreadPool
from secondhalf.models.scheduling.scheduler import Scheduler
from secondhalf.models.scheduling.sender import ChargeSink, charge_reply
from secondhalf.models.scheduling.unanswered import Settled, UnclearRefusals
from secondhalf.progress import Progress

KeyedReply = tuple[str, Reply | RefusedError]
_CHUNK = 256  # requests taken from the caller at once
_PROBE_TOKENS = 16  # the fewest that every server allows
_LONGEST_PAUSE = 10.0  # seconds between two probes
_POLL = 0.5  # seconds between two looks at what another process is asking


def send_requests(
    requests: Iterable[Request],
    identity: str,
    backend: Callable[[], Backend],
    journal: ReplyJournal,
    label: str,
    ledger: ChargeSink | None = None,
    total: int | None = None,
) -> Iterator[KeyedReply]:
    """Yields (request id, reply or refusal), in no particular order.

    `backend` is called only when the journal lacks a reply, so a finished stage never loads a model. Requests with the
    same key are asked once, also when another process asks them now. `total` is for the progress alone. Raises UserError
    when the ledger is exhausted, no server answers, one refuses everybody, or the journal cannot be written; what was answered
    is kept.
    """
    total = len(requests) if isinstance(requests, Sized) else total
    with (
        Progress(label, total, "replies") as progress,
        _Dispatch(identity, backend, journal, ledger, progress) as dispatch,
    ):
        yield from dispatch.replies(iter(requests))


class _Dispatch:
    """What is in hand. The claims and the schedule are opened when the first request is not in the journal."""

    def __init__(
        self,
        identity: str,
        backend: Callable[[], Backend],
        journal: ReplyJournal,
        ledger: ChargeSink | None,
        progress: Progress,
    ) -> None:
        self._identity, self._backend, self._journal = identity, backend, journal
        self._ledger, self._progress = ledger, progress
        self._waiting: dict[str, list[str]] = {}  # key -> the rows that wait for its reply
        self._places: dict[str, int] = {}  # key -> its place in the order of sending
        self._count = 0  # places given out
        self._refusals = UnclearRefusals(self._probe)
        self._pool: Pool | None = None
        self._answered: Request | None = None  # the shortest request that was answered
        self._elsewhere: dict[str, Request] = {}  # what another process is asking now
        self._polled_at = 0.0
        self._tokens, self._done = 0, 0  # tokens written, and rows answered since the bar moved
        self._open = ExitStack()
        self._claims: ReplyClaims | None = None
        self._scheduler: Scheduler | None = None

    def __enter__(self) -> "_Dispatch":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.__exit__(*error)  # type: ignore[arg-type]

    def replies(self, requests: Iterator[Request]) -> Iterator[KeyedReply]:
        """Every request's outcome."""
        more = True
        while more or self._waiting:
            self._progress.advance(self._done, tokens=self._tokens)
            self._done = 0
            while more and len(self._waiting) < self._window():
                chunk = list(islice(requests, _CHUNK))
                more = bool(chunk)
                yield from self._look_up(chunk)
            if self._waiting:
                yield from self._receive()
        yield from self._hand_out(self._refusals.finish(self._count))

    def _window(self) -> int:
        """Twice what can be in flight, so that no slot waits for us."""
        return max(_CHUNK, 2 * self._scheduler.concurrency) if self._scheduler else _CHUNK

    def _look_up(self, requests: Sequence[Request]) -> Iterator[KeyedReply]:
        keyed = [(request.key(self._identity), request) for request in requests]
        stored = self._journal.find(list({key for key, _ in keyed if key not in self._waiting}))
        missing: dict[str, Request] = {}
        # The order of sending, below: those in the journal have a place in it too.
        for key, _ in sorted(keyed, key=lambda one: _prompt_length(one[1]), reverse=True):
            if key not in self._places:
                self._places[key] = self._count
                self._count += 1
        for key, request in keyed:
            if key in stored:
                self._remember(request)
                if key in self._places:
                    yield from self._hand_out(self._refusals.settle(self._places.pop(key), [], stored[key]))
                self._done += 1
                yield request.id, stored[key]
            elif key in self._waiting:
                self._waiting[key].append(request.id)
            else:
                self._waiting[key], missing[key] = [request.id], request
        if missing:
            yield from self._send(missing)

    def _send(self, missing: dict[str, Request]) -> Iterator[KeyedReply]:
        """Sends what nobody is asking. Another process may have stored a reply since we looked."""
        if self._claims is None:
            self._claims = self._open.enter_context(self._journal.claims())
        claimed = self._claims.acquire(list(missing))
        stored = self._journal.find(list(claimed))
        self._claims.release(stored)
        self._elsewhere |= {key: request for key, request in missing.items() if key not in claimed}
        # Longest first within a chunk: the last to finish are short, and no slot idles for long at the end.
        to_send = sorted(
            (missing[key] for key in missing if key in claimed and key not in stored), key=_prompt_length, reverse=True
        )
        if to_send:
            self._start_scheduler().add(to_send)
        for key, reply in stored.items():
            yield from self._settled(key, reply)

    def _start_scheduler(self) -> Scheduler:
        if self._scheduler is None:
            engine = self._backend()
            pool = engine if isinstance(engine, Pool) else ThreadPool(engine)
            self._refusals.stops, self._pool = pool.unanswered == "stop", pool
            self._scheduler = Scheduler(pool, self._identity, self._journal, self._ledger)
            self._open.callback(self._scheduler.close)
        return self._scheduler

    def _receive(self) -> Iterator[KeyedReply]:
        if self._scheduler is None:
            time.sleep(_POLL)
        else:
            event = self._scheduler.next(_POLL if self._elsewhere else None)
            if isinstance(event, str):
                self._progress.say(event)
            else:
                for request, reply in event:
                    key = request.key(self._identity)
                    if isinstance(reply, Reply):
                        self._remember(request)
                    elif self._claims:
                        self._claims.release([key])
                    yield from self._settled(key, reply)
        if self._elsewhere and time.monotonic() - self._polled_at >= _POLL:
            self._polled_at = time.monotonic()
            yield from self._poll_elsewhere()

    def _poll_elsewhere(self) -> Iterator[KeyedReply]:
        """Replies of other processes; what they gave up, or died over, is asked here."""
        for key, reply in self._journal.find(list(self._elsewhere)).items():
            del self._elsewhere[key]
            yield from self._settled(key, reply)
        unanswered, self._elsewhere = self._elsewhere, {}
        for start in range(0, len(unanswered), _CHUNK):
            yield from self._send(dict(islice(unanswered.items(), start, start + _CHUNK)))

    def _settled(self, key: str, reply: Reply | RefusedError) -> Iterator[KeyedReply]:
        self._tokens += 0 if isinstance(reply, RefusedError) else reply.response_tokens
        yield from self._hand_out(self._refusals.settle(self._places.pop(key), self._waiting.pop(key), reply))

    def _remember(self, request: Request) -> None:
        if self._answered is None or _prompt_length(request) < _prompt_length(self._answered):
            self._answered = request

    def _probe(self) -> bool | None:
        """Whether every server still answers what was answered before: a few words more of each are paid for, and not kept."""
        if self._pool is None or self._answered is None or (self._ledger and self._ledger.exhausted):
            return None
        few = self._answered.sampling.model_copy(
            update={"max_tokens": min(_PROBE_TOKENS, self._answered.sampling.max_tokens)}
        )
        for attempt in range(self._pool.attempts):
            try:
                replies = self._pool.probe(replace(self._answered, sampling=few))
            except RefusedError:
                return False
            except TroubleError:  # busy, or away for a moment
                time.sleep(min(_LONGEST_PAUSE, self._pool.backoff * 2**attempt))
                continue
            for reply in replies:
                charge_reply(self._ledger, reply)
            return True
        return False

    def _hand_out(self, several: Iterable[Settled]) -> Iterator[KeyedReply]:
        for settled in several:
            for request_id in settled.rows:
                self._done += 1
                yield request_id, settled.outcome


def _prompt_length(request: Request) -> int:
    return sum(len(text) for _, text in request.messages)
