"""Asks many requests: first the journal, then the model, as many in flight as it rewards.

A reply is in the journal before it is handed on, so a process that is killed repeats only what was in flight. Requests
stream in and replies stream out: what is held in memory is what is in hand, whatever the number of rows.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack
from itertools import islice

from secondhalf.models.journal.claims import Claims
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Backend, RefusedError, Reply, Request
from secondhalf.models.scheduling.pool import Pool, ThreadPool
from secondhalf.models.scheduling.scheduler import Scheduler
from secondhalf.models.scheduling.sender import ChargeSink
from secondhalf.progress import Progress

KeyedReply = tuple[str, Reply | RefusedError]
_CHUNK = 256  # requests taken from the caller at once
_POLL = 0.5  # seconds between two looks at what another process is asking


def send_requests(
    requests: Iterable[Request],
    identity: str,
    backend: Callable[[], Backend],
    journal: Journal,
    label: str,
    ledger: ChargeSink | None = None,
    total: int | None = None,
) -> Iterator[KeyedReply]:
    """Yields (request id, reply or refusal), in no particular order.

    `backend` is called only when the journal lacks a reply, so a finished stage never loads a model. Requests with the
    same key are asked once, also when another process asks them now. `total` is for the progress alone. Raises UserError
    when the ledger is exhausted, no server answers, or the journal cannot be written; what was answered is kept.
    """
    total = len(requests) if isinstance(requests, Sized) else total
    with Progress(label, total, "replies") as progress, _Asking(identity, backend, journal, ledger, progress) as asking:
        yield from asking.answers(iter(requests))


class _Asking:
    """What is in hand. The claims and the schedule are opened when the first request is not in the journal."""

    def __init__(
        self,
        identity: str,
        backend: Callable[[], Backend],
        journal: Journal,
        ledger: ChargeSink | None,
        progress: Progress,
    ) -> None:
        self._identity, self._backend, self._journal = identity, backend, journal
        self._ledger, self._progress = ledger, progress
        self._rows: dict[str, list[str]] = {}  # key -> the rows that wait for its reply
        self._elsewhere: dict[str, Request] = {}  # what another process is asking now
        self._looked = 0.0
        self._tokens, self._done = 0, 0  # tokens written, and rows answered since the bar moved
        self._open = ExitStack()
        self._claims: Claims | None = None
        self._schedule: Scheduler | None = None

    def __enter__(self) -> "_Asking":
        return self

    def __exit__(self, *error: object) -> None:
        self._open.__exit__(*error)  # type: ignore[arg-type]

    def answers(self, requests: Iterator[Request]) -> Iterator[KeyedReply]:
        """Every request's outcome."""
        more = True
        while more or self._rows:
            self._progress.advance(self._done, tokens=self._tokens)
            self._done = 0
            while more and len(self._rows) < self._room():
                chunk = list(islice(requests, _CHUNK))
                more = bool(chunk)
                yield from self._take(chunk)
            if self._rows:
                yield from self._arrived()

    def _room(self) -> int:
        """Twice what can be in flight, so that no slot waits for us."""
        return max(_CHUNK, 2 * self._schedule.width) if self._schedule else _CHUNK

    def _take(self, requests: Sequence[Request]) -> Iterator[KeyedReply]:
        keyed = [(request.key(self._identity), request) for request in requests]
        known = self._journal.find(list({key for key, _ in keyed if key not in self._rows}))
        fresh: dict[str, Request] = {}
        for key, request in keyed:
            if key in known:
                self._done += 1
                yield request.id, known[key]
            elif key in self._rows:
                self._rows[key].append(request.id)
            else:
                self._rows[key], fresh[key] = [request.id], request
        if fresh:
            yield from self._ask(fresh)

    def _ask(self, fresh: dict[str, Request]) -> Iterator[KeyedReply]:
        """Sends what nobody is asking. Another process may have stored a reply since we looked."""
        if self._claims is None:
            self._claims = self._open.enter_context(Claims(self._journal))
        mine = self._claims.take(list(fresh))
        stored = self._journal.find(list(mine))
        self._claims.release(stored)
        self._elsewhere |= {key: request for key, request in fresh.items() if key not in mine}
        # Longest first within a chunk: the last to finish are short, and no slot idles for long at the end.
        send = sorted((fresh[key] for key in fresh if key in mine and key not in stored), key=_size, reverse=True)
        if send:
            self._running().add(send)
        for key, reply in stored.items():
            yield from self._answered(key, reply)

    def _running(self) -> Scheduler:
        if self._schedule is None:
            engine = self._backend()
            pool = engine if isinstance(engine, Pool) else ThreadPool(engine)
            self._schedule = Scheduler(pool, self._identity, self._journal, self._ledger)
            self._open.callback(self._schedule.close)
        return self._schedule

    def _arrived(self) -> Iterator[KeyedReply]:
        if self._schedule is None:
            time.sleep(_POLL)
        else:
            got = self._schedule.next(_POLL if self._elsewhere else None)
            if isinstance(got, str):
                self._progress.say(got)
            else:
                for request, reply in got:
                    key = request.key(self._identity)
                    if isinstance(reply, RefusedError) and self._claims:
                        self._claims.release([key])
                    yield from self._answered(key, reply)
        if self._elsewhere and time.monotonic() - self._looked >= _POLL:
            self._looked = time.monotonic()
            yield from self._look_elsewhere()

    def _look_elsewhere(self) -> Iterator[KeyedReply]:
        """Replies of other processes; what they gave up, or died over, is asked here."""
        for key, reply in self._journal.find(list(self._elsewhere)).items():
            del self._elsewhere[key]
            yield from self._answered(key, reply)
        left, self._elsewhere = self._elsewhere, {}
        for start in range(0, len(left), _CHUNK):
            yield from self._ask(dict(islice(left.items(), start, start + _CHUNK)))

    def _answered(self, key: str, reply: Reply | RefusedError) -> Iterator[KeyedReply]:
        for row in self._rows.pop(key):
            self._done += 1
            yield row, reply
        self._tokens += 0 if isinstance(reply, RefusedError) else reply.response_tokens


def _size(request: Request) -> int:
    return sum(len(text) for _, text in request.messages)
