"""Asks many requests: first the journal, then the model, as many in flight as it has slots.

A reply is in the journal before it is handed on, so a process that is killed repeats only what was in flight.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from secondhalf.errors import UserError
from secondhalf.models.journal import Journal
from secondhalf.models.ledger import Ledger
from secondhalf.models.request import Backend, RefusedError, Reply, Request
from secondhalf.progress import Progress


def ask_all(
    requests: Sequence[Request],
    identity: str,
    backend: Callable[[], Backend],
    journal: Journal,
    label: str,
    ledger: Ledger | None = None,
) -> Iterator[tuple[str, Reply | RefusedError]]:
    """Yields (request id, reply or refusal), in no particular order.

    `backend` is called only when the journal lacks a reply, so a finished stage never loads a model. Requests with the
    same key are asked once. `ledger` is charged for each reply once it is in the journal; when it is exhausted, those in
    flight are waited for and kept, and UserError tells its sentence.
    """
    keys = {request.id: request.key(identity) for request in requests}
    known = journal.find(list(set(keys.values())))
    waiting: dict[str, list[str]] = {}
    open_requests: list[Request] = []
    for request in requests:
        key = keys[request.id]
        if key in known:
            yield request.id, known[key]
        elif key in waiting:
            waiting[key].append(request.id)
        else:
            waiting[key] = [request.id]
            open_requests.append(request)
    if open_requests:
        engine = backend()
        with Progress(label, len(open_requests), "replies") as progress:
            for request, reply in _in_flight(open_requests, identity, engine, journal, progress, ledger):
                for row in waiting[keys[request.id]]:
                    yield row, reply


def _in_flight(
    requests: list[Request],
    identity: str,
    engine: Backend,
    journal: Journal,
    progress: Progress,
    ledger: Ledger | None,
) -> Iterator[tuple[Request, Reply | RefusedError]]:
    queue = deque(requests)
    tokens = 0
    pool = ThreadPoolExecutor(engine.slots)
    running: dict[Future[Reply], Request] = {}
    try:
        while True:
            spent = ledger.exhausted if ledger else ""
            while queue and not spent and len(running) < engine.slots:
                request = queue.popleft()
                running[pool.submit(_timed, engine, request)] = request
            if not running:
                if queue:
                    raise UserError(spent)
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            answered: list[tuple[Request, Reply]] = []
            refused: list[tuple[Request, RefusedError]] = []
            for future in done:
                request = running.pop(future)
                try:
                    answered.append((request, future.result()))
                except RefusedError as error:
                    refused.append((request, error))
            if answered:
                journal.store(identity, answered)
            if ledger:
                for _, reply in answered:
                    ledger.charge(reply.prompt_tokens, reply.response_tokens)
            tokens += sum(reply.response_tokens for _, reply in answered)
            progress.advance(len(done), tokens=tokens)
            yield from answered
            yield from refused
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _timed(engine: Backend, request: Request) -> Reply:
    start = time.monotonic()
    reply = engine.ask(request)
    return Reply(reply.text, reply.finish, reply.prompt_tokens, reply.response_tokens, time.monotonic() - start)
