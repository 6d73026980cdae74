"""Asks many requests through a batch API: cheaper, answered within a day; stop it and start again as you like.

The same contract as send_requests. What is in the journal is not submitted, what is submitted is waited for, whoever
submitted it; a line that the server refuses becomes a refusal with its words, one that expired is submitted again.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.lines import LINES, batch_error, read_result, split_files
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.costs.budget import CostLedger
from secondhalf.models.costs.token_estimate import prompt_tokens
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.progress import Progress

_TRIES = 3  # batches in which a request may go without an answer
_OVER = {"completed", "expired", "cancelled"}
_STORED = 500  # replies to a transaction


class Batches:
    """One model behind one batch API. `body` makes what is sent for a request, `read` the reply of what came back.

    `endpoint` is the path that the lines are for, `pause` the seconds between two looks at the batches.
    """

    def __init__(
        self,
        identity: str,
        api: BatchApi,
        table: BatchTable,
        body: Callable[[Request], Mapping[str, Any]],
        read: Callable[[bytes], Reply],
        *,
        endpoint: str = "/v1/chat/completions",
        pause: float = 20.0,
        lines: int = LINES,
    ) -> None:
        self._identity, self._api, self._table = identity, api, table
        self._body, self._read = body, read
        self._endpoint, self._pause, self._lines = endpoint, pause, lines

    def ask(
        self, requests: Sequence[Request], journal: Journal, label: str, ledger: CostLedger | None = None
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Yields (request id, reply or refusal), in no particular order. Raises UserError when the budget has no room."""
        rows: dict[str, list[str]] = {}
        left: dict[str, Request] = {}
        for request in requests:
            key = request.key(self._identity)
            rows.setdefault(key, []).append(request.id)
            left.setdefault(key, request)
        missed: Counter[str] = Counter()
        with Progress(label, len(left), "replies") as progress:
            while left:
                for key, reply in self._round(left, missed, journal, ledger):
                    del left[key]
                    progress.advance()
                    for row in rows[key]:
                        yield row, reply

    def _round(
        self, left: Mapping[str, Request], missed: Counter[str], journal: Journal, ledger: CostLedger | None
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """What is there already; when nothing is, what the next batch brings."""
        there: dict[str, Reply | RefusedError] = dict(journal.find(list(left)))
        refused = self._table.refused([key for key in left if key not in there])
        there |= {key: RefusedError(said) for key, said in refused.items()}
        if there:
            yield from there.items()
        elif waiting := self._submitted(left, journal, ledger):
            yield from self._next(left, waiting, missed, journal, ledger)

    def _submitted(
        self, left: Mapping[str, Request], journal: Journal, ledger: CostLedger | None
    ) -> dict[str, list[str]]:
        """Submits what is not waited for yet, as far as the budget has room; the batches and their keys among `left`."""
        with self._table.locked():
            for token in self._table.prepared():
                found = self._api.find(token)
                if found:
                    self._table.sent(token, str(found["id"]))
                else:
                    self._table.forget(token)
            # Another process may have brought some of them since we looked.
            there = journal.find(list(left))
            open_in = self._table.open([key for key in left if key not in there])
            read, written = (sum(sizes) for sizes in zip((0, 0), *(_size(left[key]) for key in open_in), strict=True))
            todo, short = [], ""
            for key, request in left.items():
                if key in open_in or key in there:
                    continue
                size = _size(request)
                read, written = read + size[0], written + size[1]
                short = ledger.short(read, written) if ledger else ""
                if short:
                    break
                todo.append((key, request))
            waiting: dict[str, list[str]] = {}
            for key, token in open_in.items():
                waiting.setdefault(token, []).append(key)
            if short and not todo and not waiting and not there:
                raise UserError(short)
            for keys, lines in split_files(self._line, todo, self._lines):
                token = secrets.token_hex(16)
                self._table.prepare(token, keys)
                file = self._api.upload(f"secondhalf-{token}.jsonl", lines)
                self._table.sent(token, self._api.create(file, self._endpoint, token))
                waiting[token] = keys
        return waiting

    def _line(self, key: str, request: Request) -> dict[str, Any]:
        return {"custom_id": key, "method": "POST", "url": self._endpoint, "body": dict(self._body(request))}

    def _next(
        self,
        left: Mapping[str, Request],
        waiting: Mapping[str, list[str]],
        missed: Counter[str],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Waits until one of the batches is over, and yields what it brought."""
        while True:
            for token, keys in waiting.items():
                told = self._api.look(self._table.batch(token))
                if told.get("status") == "failed":
                    said = batch_error(told)
                    self._table.settle(token, "missing", [(key, said) for key in keys])
                    raise UserError(f"The batch API refused a batch of {len(keys)} requests: {said}.")
                if told.get("status") in _OVER:
                    wanted = {key: left[key] for key in keys}
                    yield from self._brought(token, told, wanted, missed, journal, ledger)
                    return
            time.sleep(self._pause)

    def _brought(
        self,
        token: str,
        told: Mapping[str, Any],
        wanted: dict[str, Request],
        missed: Counter[str],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        answered: list[tuple[str, Reply]] = []
        unheard = dict.fromkeys(wanted, f"the batch {told.get('status')} without a line for it")
        for name in ("output_file_id", "error_file_id"):
            for line in self._api.download(str(told[name])) if told.get(name) else ():
                key = line.get("custom_id")
                if not isinstance(key, str) or key not in unheard:
                    continue
                found = read_result(line, self._read)
                if isinstance(found, Reply):
                    answered.append((key, found))
                    del unheard[key]
                elif isinstance(found, RefusedError):
                    self._table.settle(token, "refused", [(key, str(found))])
                    del unheard[key]
                    yield key, found
                else:
                    unheard[key] = found
                if len(answered) == _STORED:
                    yield from self._kept(token, answered, wanted, journal, ledger)
                    answered = []
        yield from self._kept(token, answered, wanted, journal, ledger)
        for key, said in unheard.items():
            missed[key] += 1
            given_up = missed[key] >= _TRIES
            self._table.settle(token, "refused" if given_up else "missing", [(key, said)])
            if given_up:
                yield key, RefusedError(f"no answer in {_TRIES} batches: {said}")

    def _kept(
        self,
        token: str,
        answered: list[tuple[str, Reply]],
        wanted: Mapping[str, Request],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply]]:
        """Replies count once they are in the journal."""
        if answered:
            journal.store(self._identity, [(wanted[key], reply) for key, reply in answered])
            for _, reply in answered:
                if ledger:
                    ledger.charge(reply.prompt_tokens, reply.response_tokens)
            self._table.settle(token, "answered", [(key, "") for key, _ in answered])
        yield from answered


def _size(request: Request) -> tuple[int, int]:
    """Tokens that a request may cost at most, the prompt's guessed by its characters."""
    return round(prompt_tokens(request.messages)), request.sampling.max_tokens
