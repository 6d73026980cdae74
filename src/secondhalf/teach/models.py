"""Whom a data set's recipe asks, and on whose money: the teacher and, where candidates are judged, the judge.

No model is loaded before a reply is really needed.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.extensions.function import key_inputs
from secondhalf.models.backends import teacher
from secondhalf.models.batch_api.batches import Batches
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.costs.budget import Budget, CostLedger
from secondhalf.models.costs.prices import price_of
from secondhalf.models.engines.replay import Replay
from secondhalf.models.journal.journal import Journal
from secondhalf.models.reference import file_hash
from secondhalf.models.request import Backend, Request
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.response import read_reply
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings
from secondhalf.teach.stage import Replies, SendRequests

REPLAY = "replay:"


class TeacherModels:
    """One data set's models. `inputs` are their identities, and the source of a user's `choose`, for the stage's key."""

    def __init__(self, settings: TeachSettings, journal: Journal) -> None:
        self._settings, self._journal = settings, journal
        self._replay: Path | None = None
        self._teacher: tuple[str, Callable[[], Backend]] | None = None
        if settings.model.startswith(REPLAY):
            self._replay = replay_path(settings.model)
            self.identity = file_hash(self._replay)
        else:
            self.identity, load = teacher(settings.model, settings.server)
            self._teacher = self.identity, cache(load)
        self.inputs = {"model": self.identity}
        if settings.replies > 1:
            self.inputs |= key_inputs(CHOOSE_FIELD, [settings.choose])
        self._judge: tuple[str, Callable[[], Backend]] | None = None
        if settings.replies > 1 and settings.choose == "judge":
            identity, load = teacher(settings.judge.model, settings.judge.server)
            self._judge = identity, cache(load)
            self.inputs["judge"] = identity

    def teacher(self, budget: Budget) -> SendRequests:
        """How the teacher's replies are had."""
        if self._teacher is None:
            assert self._replay is not None
            return Replay(self._replay, self._settings.wording).replies
        price = price_of(self._settings.model, self._settings.server, self._settings.prices)
        ledger = budget.ledger("teacher", price, batched=self._settings.batch)
        return self._batch_sender(ledger) if self._settings.batch else self._journalled_sender(*self._teacher, ledger)

    def judge(self, budget: Budget) -> SendRequests | None:
        """How the judge's replies are had; None where nobody judges."""
        if self._judge is None:
            return None
        price = price_of(self._settings.judge.model, self._settings.judge.server, self._settings.prices)
        return self._journalled_sender(*self._judge, budget.ledger("judge", price))

    def _batch_sender(self, ledger: CostLedger) -> SendRequests:
        server = self._settings.server
        model = Servers(self._settings.model, server)
        url = server.urls[0].rstrip("/")
        if "?" in url:
            raise UserError(f"teach.batch: {url} has a query; give the address that /batches is appended to.")
        api = BatchApi(url, server.headers(server.key()), pause=server.backoff, patience=server.patience)
        table = BatchTable(self._journal.path.with_name("batches.sqlite"), url)
        chat = server.api == "chat"
        batches = Batches(
            self.identity,
            api,
            table,
            model.body,
            lambda body: read_reply(body, chat=chat),
            endpoint="/v1/chat/completions" if chat else "/v1/completions",
        )

        def send(requests: Iterable[Request], label: str) -> Replies:
            return batches.send_requests(list(requests), self._journal, label, ledger)

        return send

    def _journalled_sender(self, identity: str, backend: Callable[[], Backend], ledger: CostLedger) -> SendRequests:
        def send(requests: Iterable[Request], label: str) -> Replies:
            return send_requests(requests, identity, backend, self._journal, label, ledger)

        return send


def replay_path(reference: str) -> Path:
    """The file of a replay:FILE. Raises UserError when it is not there."""
    path = Path(reference.removeprefix(REPLAY)).expanduser()
    if not path.is_file() or path.suffix not in {".parquet", ".jsonl"}:
        raise UserError(f"{reference}: there is no such .parquet or .jsonl file: correct the path.")
    return path
