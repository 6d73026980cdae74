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
_FINISHED = {"completed", "expired", "cancelled"}
_REPLIES_PER_TRANSACTION = 500
_LONGEST_WAIT = 8 * 86400.0  # seconds: a batch is promised within a day, and some servers take a week


class Batches:
    """One model behind one batch API. `body` makes what is sent for a request, `read` the reply of what came back.

    `endpoint` is the path that the lines are for, `pause` the seconds between two looks at the batches, `longest_wait` those
    after which one is given up. `longest_answer` is the bytes that a request's answer may have.
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
        longest_answer: int = 4_000_000,
        longest_wait: float = _LONGEST_WAIT,
    ) -> None:
        self._identity, self._api, self._table = identity, api, table
        self._body, self._read = body, read
        self._endpoint, self._pause, self._lines = endpoint, pause, lines
        self._longest_answer, self._longest_wait = longest_answer, longest_wait

    def send_requests(
        self, requests: Sequence[Request], journal: Journal, label: str, ledger: CostLedger | None = None
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Yields (request id, reply or refusal), in no particular order. Raises UserError when the budget has no room."""
        request_ids: dict[str, list[str]] = {}
        unanswered: dict[str, Request] = {}
        for request in requests:
            key = request.key(self._identity)
            request_ids.setdefault(key, []).append(request.id)
            unanswered.setdefault(key, request)
        failures: Counter[str] = Counter()
        with Progress(label, len(unanswered), "replies") as progress:
            while unanswered:
                for key, reply in self._settle_some(unanswered, failures, journal, ledger):
                    del unanswered[key]
                    progress.advance()
                    for request_id in request_ids[key]:
                        yield request_id, reply

    def _settle_some(
        self, unanswered: Mapping[str, Request], failures: Counter[str], journal: Journal, ledger: CostLedger | None
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """What is there already; when nothing is, what the next batch brings."""
        settled: dict[str, Reply | RefusedError] = dict(journal.find(list(unanswered)))
        refused = self._table.refused([key for key in unanswered if key not in settled])
        settled |= {key: RefusedError(reason) for key, reason in refused.items()}
        if settled:
            yield from settled.items()
        elif open_batches := self._submit(unanswered, journal, ledger):
            yield from self._wait_for_one(unanswered, open_batches, failures, journal, ledger)

    def _submit(
        self, unanswered: Mapping[str, Request], journal: Journal, ledger: CostLedger | None
    ) -> dict[str, list[str]]:
        """Submits what is not waited for yet, as far as the budget has room; the batches and their keys among `unanswered`."""
        with self._table.locked():
            for token in self._table.prepared():
                batch = self._api.find(token)
                if batch:
                    self._table.sent(token, batch)
                else:
                    self._table.forget(token)
            # Another process may have brought some of them since we looked.
            settled = journal.find(list(unanswered))
            open_in = self._table.open([key for key in unanswered if key not in settled])
            prompt_total, response_total = (
                sum(sizes) for sizes in zip((0, 0), *(_size(unanswered[key]) for key in open_in), strict=True)
            )
            todo, shortage = [], ""
            for key, request in unanswered.items():
                if key in open_in or key in settled:
                    continue
                size = _size(request)
                prompt_total, response_total = prompt_total + size[0], response_total + size[1]
                shortage = ledger.shortage(prompt_total, response_total) if ledger else ""
                if shortage:
                    break
                todo.append((key, request))
            open_batches: dict[str, list[str]] = {}
            for key, token in open_in.items():
                open_batches.setdefault(token, []).append(key)
            if shortage and not todo and not open_batches and not settled:
                raise UserError(shortage)
            for keys, lines in split_files(self._line, todo, self._lines):
                token = secrets.token_hex(16)
                self._table.prepare(token, keys)
                file = self._api.upload(f"secondhalf-{token}.jsonl", lines)
                self._table.sent(token, self._api.create(file, self._endpoint, token))
                open_batches[token] = keys
        return open_batches

    def _line(self, key: str, request: Request) -> dict[str, Any]:
        return {"custom_id": key, "method": "POST", "url": self._endpoint, "body": dict(self._body(request))}

    def _wait_for_one(
        self,
        unanswered: Mapping[str, Request],
        open_batches: Mapping[str, list[str]],
        failures: Counter[str],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Waits until one of the batches is over, and yields what it brought."""
        while True:
            for token, keys in open_batches.items():
                batch = self._api.status(self._table.batch(token))
                if batch["status"] == "failed":
                    reason = batch_error(batch, self._api.words)
                    self._table.settle(token, "missing", [(key, reason) for key in keys])
                    raise UserError(f"The batch API refused a batch of {len(keys)} requests: {reason}.")
                if batch["status"] in _FINISHED:
                    requests = {key: unanswered[key] for key in keys}
                    yield from self._collect(token, batch, requests, failures, journal, ledger)
                    return
                if self._table.age(token) > self._longest_wait:
                    raise UserError(self._overdue(token, batch["status"]))
            time.sleep(self._pause)

    def _overdue(self, token: str, status: str) -> str:
        name = self._api.words(self._table.batch(token).encode())
        return (
            f"The batch {name} at {self._api.url} is not over after {self._longest_wait / 86400:g} days (it is "
            f"{self._api.words(status.encode())}): cancel it there and start again, and its requests are submitted anew."
        )

    def _collect(
        self,
        token: str,
        batch: Mapping[str, Any],
        requests: dict[str, Request],
        failures: Counter[str],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        answered: list[tuple[str, Reply]] = []
        sent, strange, ours = (
            self._table.keys(token),
            0,
            0,
        )  # how many lines are for requests of this batch, and are not
        silent = dict.fromkeys(requests, f"the batch {batch.get('status')} without a line for it")
        for name in ("output_file_id", "error_file_id"):
            file = batch.get(name)
            for line in self._api.download(file) if isinstance(file, str) and file else ():
                key = line.get("custom_id")
                is_ours = isinstance(key, str) and key in sent
                ours, strange = ours + is_ours, strange + (not is_ours)
                if not isinstance(key, str) or key not in silent:
                    continue
                result = read_result(line, self._read, self._api.words, self._longest_answer)
                if isinstance(result, Reply):
                    answered.append((key, result))
                    del silent[key]
                elif isinstance(result, RefusedError):
                    self._table.settle(token, "refused", [(key, str(result))])
                    del silent[key]
                    yield key, result
                else:
                    silent[key] = result
                if len(answered) == _REPLIES_PER_TRANSACTION:
                    yield from self._store(token, answered, requests, journal, ledger)
                    answered = []
        yield from self._store(token, answered, requests, journal, ledger)
        if strange and not ours:
            raise UserError(
                f"None of the {strange} results of a batch at {self._api.url} names a request that was sent (custom_id), so they "
                "cannot be told apart and nothing is submitted again: ask without the batch API (teach.batch: false)."
            )
        for key, reason in silent.items():
            failures[key] += 1
            given_up = failures[key] >= _TRIES
            self._table.settle(token, "refused" if given_up else "missing", [(key, reason)])
            if given_up:
                yield key, RefusedError(f"no answer in {_TRIES} batches: {reason}")

    def _store(
        self,
        token: str,
        answered: list[tuple[str, Reply]],
        requests: Mapping[str, Request],
        journal: Journal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply]]:
        """Replies count once they are in the journal."""
        if answered:
            journal.store(self._identity, [(requests[key], reply) for key, reply in answered])
            for _, reply in answered:
                if ledger:
                    ledger.charge(reply.prompt_tokens, reply.response_tokens)
            self._table.settle(token, "answered", [(key, "") for key, _ in answered])
        yield from answered


def _size(request: Request) -> tuple[int, int]:
    """Tokens that a request may cost at most, the prompt's guessed by its characters."""
    return round(prompt_tokens(request.messages)), request.sampling.max_tokens
