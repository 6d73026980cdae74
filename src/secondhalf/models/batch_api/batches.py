"""Asks many requests through a batch API: cheaper, answered within a day; stop it and start again as you like.

The same contract as send_requests. What is in the journal is not submitted, what is submitted is waited for, whoever
submitted it; a line that the server refuses for its text becomes a refusal with its words, one that expired is submitted again.
"""

import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.lines import LINES, batch_error, read_result, split_files
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.costs.budget import CostLedger
from secondhalf.models.costs.token_estimate import prompt_tokens
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.models.request import RefusedError, Reply, Request, TroubleError
from secondhalf.models.scheduling.sender import charge_reply
from secondhalf.models.scheduling.unanswered import Settled, UnclearRefusals
from secondhalf.progress import Progress

_TRIES = 3  # batches in which a request may go without an answer
_PASSING = re.compile(r"no answer in |the server answered (40[1-57]|429|5)")  # which earlier releases kept for good
_FINISHED = {"completed", "expired", "cancelled"}
_REPLIES_PER_TRANSACTION = 500
_LONGEST_WAIT = 8 * 86400.0  # seconds: a batch is promised within a day, and some servers take a week


class Batches:
    """One model behind one batch API. `body` makes what is sent for a request, `read` the reply of what came back for it.

    `failure` tells what a line's status and body stand for. `endpoint` is the path that the lines are for, `pause` the seconds
    between two looks at the batches, `longest_wait` those after which one is given up. `longest_answer` is the bytes that a
    request's answer may have, `unanswered` as in ServerSettings.
    """

    def __init__(
        self,
        identity: str,
        api: BatchApi,
        table: BatchTable,
        body: Callable[[Request], Mapping[str, Any]],
        read: Callable[[bytes, Request], Reply],
        failure: Callable[[int, bytes], Exception],
        *,
        endpoint: str = "/v1/chat/completions",
        pause: float = 20.0,
        lines: int = LINES,
        longest_answer: int = 4_000_000,
        longest_wait: float = _LONGEST_WAIT,
        unanswered: str = "stop",
    ) -> None:
        self._identity, self._api, self._table = identity, api, table
        self._body, self._read, self._failure = body, read, failure
        self._endpoint, self._pause, self._lines, self._policy = endpoint, pause, lines, unanswered
        self._longest_answer, self._longest_wait = longest_answer, longest_wait

    def send_requests(
        self, requests: Sequence[Request], journal: ReplyJournal, label: str, ledger: CostLedger | None = None
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """Yields (request id, reply or refusal), in no particular order.

        Raises UserError when the budget has no room, and where the server refuses everybody.
        """
        request_ids: dict[str, list[str]] = {}
        waiting: dict[str, Request] = {}
        for request in requests:
            key = request.key(self._identity)
            request_ids.setdefault(key, []).append(request.id)
            waiting.setdefault(key, request)
        failures: Counter[str] = Counter()
        places = {key: place for place, key in enumerate(waiting)}
        keys = {rows[0]: key for key, rows in request_ids.items()}
        refusals = UnclearRefusals()
        refusals.stops = self._policy == "stop"

        def hand_out(several: Iterable[Settled]) -> Iterator[tuple[str, Reply | RefusedError]]:
            for settled in several:
                if isinstance(settled.outcome, RefusedError) and settled.outcome.fault == "text":
                    self._table.refuse(keys[settled.rows[0]], str(settled.outcome))
                for request_id in settled.rows:
                    yield request_id, settled.outcome

        with Progress(label, len(waiting), "replies") as progress:
            while waiting:
                for key, reply in self._settle_some(waiting, failures, journal, ledger):
                    del waiting[key]
                    progress.advance()
                    yield from hand_out(refusals.settle(places[key], request_ids[key], reply))
            yield from hand_out(refusals.finish(len(places)))

    def _settle_some(
        self,
        unanswered: Mapping[str, Request],
        failures: Counter[str],
        journal: ReplyJournal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        """What is there already; when nothing is, what the next batch brings."""
        settled: dict[str, Reply | RefusedError] = dict(journal.find(list(unanswered)))
        refused = self._table.refused([key for key in unanswered if key not in settled])
        settled |= {
            key: RefusedError(reason, fault="text") for key, reason in refused.items() if not _PASSING.match(reason)
        }
        if settled:
            yield from settled.items()
        elif open_batches := self._submit(unanswered, journal, ledger):
            yield from self._wait_for_one(unanswered, open_batches, failures, journal, ledger)

    def _submit(
        self, unanswered: Mapping[str, Request], journal: ReplyJournal, ledger: CostLedger | None
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
        journal: ReplyJournal,
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
        journal: ReplyJournal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply | RefusedError]]:
        answered: list[tuple[str, Reply]] = []
        refused: list[tuple[str, RefusedError]] = []
        fatal: UserError | None = None
        silent = dict.fromkeys(requests, f"the batch {batch.get('status')} without a line for it")
        for key, result in self._results(token, batch, requests):
            if isinstance(result, Reply):
                answered.append((key, result))
            elif isinstance(result, UserError):
                fatal = result
            elif isinstance(result, RefusedError):
                refused.append((key, result))
            else:
                silent[key] = str(result)
            if isinstance(result, Reply | RefusedError):
                del silent[key]
            if ledger and isinstance(result, RefusedError | TroubleError) and result.paid:
                ledger.charge(*result.paid)
            if len(answered) == _REPLIES_PER_TRANSACTION:
                yield from self._store(token, answered, requests, journal, ledger)
                answered = []
        yield from self._store(token, answered, requests, journal, ledger)
        # Whoever is at fault is known when all are in; until then these may be submitted again.
        self._table.settle(token, "missing", [(key, str(refusal)) for key, refusal in refused])
        self._table.settle(token, "missing", list(silent.items()))
        if fatal:
            raise fatal
        yield from refused
        for key, reason in silent.items():
            failures[key] += 1
            if failures[key] >= _TRIES:
                yield key, RefusedError(f"no answer in {_TRIES} batches: {reason}", fault="server")

    def _results(
        self, token: str, batch: Mapping[str, Any], requests: Mapping[str, Request]
    ) -> Iterator[tuple[str, Reply | RefusedError | TroubleError | UserError]]:
        """What a batch that is over brought, by key: each once, whatever the files hold besides.

        Raises UserError where no line is for a request of this batch.
        """
        left, sent = set(requests), self._table.keys(token)
        strange = ours = 0  # how many lines are for requests of this batch, and are not
        for name in ("output_file_id", "error_file_id"):
            file = batch.get(name)
            for line in self._api.download(file) if isinstance(file, str) and file else ():
                key = line.get("custom_id")
                is_ours = isinstance(key, str) and key in sent
                ours, strange = ours + is_ours, strange + (not is_ours)
                if isinstance(key, str) and key in left:
                    result = read_result(
                        line, requests[key], self._read, self._failure, self._api.words, self._longest_answer
                    )
                    if not isinstance(result, TroubleError):  # another line may bring it
                        left.discard(key)
                    yield key, result
        if strange and not ours:
            raise UserError(
                f"None of the {strange} results of a batch at {self._api.url} names a request that was sent (custom_id), so they "
                "cannot be told apart and nothing is submitted again: ask without the batch API (teach.batch: false)."
            )

    def _store(
        self,
        token: str,
        answered: list[tuple[str, Reply]],
        requests: Mapping[str, Request],
        journal: ReplyJournal,
        ledger: CostLedger | None,
    ) -> Iterator[tuple[str, Reply]]:
        """Replies count once they are in the journal."""
        if answered:
            journal.store(self._identity, [(requests[key], reply) for key, reply in answered])
            for _, reply in answered:
                charge_reply(ledger, reply)
            self._table.settle(token, "answered", [(key, "") for key, _ in answered])
        yield from answered


def _size(request: Request) -> tuple[int, int]:
    """Tokens that a request may cost at most, the prompt's guessed by its characters."""
    return round(prompt_tokens(request.messages)), request.sampling.max_tokens
