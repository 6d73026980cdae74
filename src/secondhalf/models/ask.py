"""Asks many requests: first the journal, then the model, as many in flight as it has slots.

A reply is in the journal before it is handed on, so a process that is killed repeats only what was in flight.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from secondhalf.models.journal import Journal
from secondhalf.models.request import Backend, RefusedError, Reply, Request
from secondhalf.progress import Progress


def ask_all(
    requests: Sequence[Request], identity: str, backend: Callable[[], Backend], journal: Journal, label: str
) -> Iterator[tuple[str, Reply | RefusedError]]:
    """Yields (request id, reply or refusal), in no particular order.

    `backend` is called only when the journal lacks a reply, so a finished stage never loads a model. Requests with the
    same key are asked once.
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
            for request, reply in _in_flight(open_requests, identity, engine, journal, progress):
                for row in waiting[keys[request.id]]:
                    yield row, reply


def _in_flight(
    requests: list[Request], identity: str, engine: Backend, journal: Journal, progress: Progress
) -> Iterator[tuple[Request, Reply | RefusedError]]:
    queue = iter(requests)
    tokens = 0
    pool = ThreadPoolExecutor(engine.slots)
    running: dict[Future[Reply], Request] = {}
    try:
        while True:
            while len(running) < engine.slots and (request := next(queue, None)) is not None:
                running[pool.submit(_timed, engine, request)] = request
            if not running:
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
