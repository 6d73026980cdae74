"""Asks the teacher for every pair's second half (paper, section 3). Refused requests become rejects; the others go on."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from secondhalf.mapper import ROWS_PER_PART, Batch
from secondhalf.models.ahead import Ahead
from secondhalf.models.ask import ask_all
from secondhalf.models.journal import Journal
from secondhalf.models.request import Backend, RefusedError, Reply, Request
from secondhalf.models.sender import Ledger
from secondhalf.rows import Pair, Verdict, from_table, judged
from secondhalf.teach.settings import TeachSettings

VERSION = 1


def request(pair: Pair, settings: TeachSettings) -> Request:
    """The teacher's messages for one pair."""
    # A plain replace, not str.format: a document may hold braces.
    turn = settings.wording.replace("{text}", pair.prompt.strip())
    system = (("system", settings.system),) if settings.system else ()
    return Request(pair.id, (*system, ("user", turn)), settings.sampling)


def teach(
    pairs: pa.Table,
    settings: TeachSettings,
    identity: str,
    backend: Callable[[], Backend],
    journal: Journal,
    label: str,
    ledger: Ledger | None = None,
    ahead: Ahead | None = None,
) -> Batch:
    """Pairs without a response in; pairs with one, refused pairs and verdicts out, in the order they came."""
    rows = from_table(Pair, pairs)
    requests = [request(pair, settings) for pair in rows]
    replies = ahead.replies(requests) if ahead else dict(ask_all(requests, identity, backend, journal, label, ledger))
    taught: list[Pair] = []
    verdicts: list[list[Verdict]] = []
    for pair in rows:
        reply = replies[pair.id]
        if isinstance(reply, RefusedError):
            taught.append(replace(pair, teacher=settings.model))
            verdicts.append([Verdict(pair.id, "answered", False, 0.0, f"refused by the teacher: {reply}")])
        else:
            taught.append(
                replace(
                    pair,
                    response=reply.text,
                    teacher=settings.model,
                    finish=reply.finish,
                    prompt_tokens=reply.prompt_tokens,
                    response_tokens=reply.response_tokens,
                )
            )
            verdicts.append([Verdict(pair.id, "answered", True, 1.0)])
    return judged(Pair, taught, verdicts)


def asked_ahead(
    pairs: pa.Table,
    settings: TeachSettings,
    identity: str,
    backend: Callable[[], Backend],
    journal: Journal,
    label: str,
    ledger: Ledger | None = None,
) -> Ahead:
    """For teach(..., ahead=...): the requests of all these pairs, on their way while one shard waits for its last."""

    def requests() -> Iterator[Request]:
        for start in range(0, pairs.num_rows, ROWS_PER_PART):
            for pair in from_table(Pair, pairs.slice(start, ROWS_PER_PART)):
                yield request(pair, settings)

    def ask(some: Iterable[Request]) -> Iterator[tuple[str, Reply | RefusedError]]:
        return ask_all(some, identity, backend, journal, label, ledger, pairs.num_rows)

    return Ahead(requests(), ask)


def usage(pairs: pa.Table) -> dict[str, int]:
    """Model calls and tokens behind a taught table, for the manifest."""
    return {
        "model_calls": pairs.num_rows,
        "prompt_tokens": sum(pairs.column("prompt_tokens").to_pylist()),
        "response_tokens": sum(pairs.column("response_tokens").to_pylist()),
    }
