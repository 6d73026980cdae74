"""Whom a data set's recipe asks, and on whose money: its teachers and, where there are any, who drafts, judges and is fitted.

No model is loaded before a reply is really needed.
"""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
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
from secondhalf.models.finish import map_finishes
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.models.reference import file_hash, user_path
from secondhalf.models.request import Backend, Replies, Request, SendRequests
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.teach.fit import StudentFit
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings

REPLAY = "replay:"
# A line of a batch's results may spell each byte of an answer as \u0000, and has some fields around it.
_ESCAPED, _ENVELOPE = 6, 100_000


class OneTeacher:
    """One teacher of a data set: its identity, and how its replies are had."""

    def __init__(
        self, settings: TeachSettings, journal: ReplyJournal, loaded: dict[str, Callable[[], Backend]]
    ) -> None:
        """`loaded`: the models of this machine by identity; teachers that differ in their sampling share one."""
        self._settings, self._journal = settings, journal
        self._replay: Path | None = None
        self._backend: Callable[[], Backend] | None = None
        self.identity = teacher_identity(settings)
        if settings.model.startswith(REPLAY):
            self._replay = replay_path(settings.model)
        else:
            _, load = teacher(settings.model, settings.server)
            self._backend = cache(load) if settings.server.served else loaded.setdefault(self.identity, cache(load))

    def sender(self, budget: Budget, account: str) -> SendRequests:
        """Its replies, on an account of the budget."""
        if self._replay:
            return Replay(self._replay, self._settings.wording).replies
        assert self._backend is not None
        price = price_of(self._settings.model, self._settings.server, self._settings.prices)
        ledger = budget.ledger(account, price, batched=self._settings.batch)
        send = (
            self._batch_sender(ledger)
            if self._settings.batch
            else _journalled_sender(self.identity, self._backend, self._journal, ledger)
        )
        own = self._settings.server.finish
        return (lambda requests, label: map_finishes(send(requests, label), own)) if own else send

    def _batch_sender(self, ledger: CostLedger) -> SendRequests:
        server = self._settings.server
        model = Servers(self._settings.model, server)
        url = server.urls[0].rstrip("/")
        if "?" in url:
            raise UserError(f"teach.batch: {url} has a query; give the address that /batches is appended to.")
        longest = server.max_reply_bytes
        api = BatchApi(
            url,
            server.headers(server.key()),
            pause=server.backoff,
            patience=server.patience,
            longest_line=_ESCAPED * longest + _ENVELOPE,
        )
        table = BatchTable(self._journal.path.with_name("batches.sqlite"), url)
        chat = server.api == "chat"
        batches = Batches(
            self.identity,
            api,
            table,
            model.body,
            model.read,
            model.failure,
            endpoint="/v1/chat/completions" if chat else "/v1/completions",
            longest_answer=longest,
            unanswered=server.unanswered,
        )

        def send(requests: Iterable[Request], label: str) -> Replies:
            return batches.send_requests(list(requests), self._journal, label, ledger)

        return send


class TeacherModels:
    """One data set's models. `inputs` are their identities, and the source of a user's `choose`, for the stage's key.

    `fit`: the untouched student, for `choose: student`. `draft`: the base model's reference, where the recipe's name for it is
    a student's.
    """

    def __init__(
        self, settings: TeachSettings, journal: ReplyJournal, fit: StudentFit | None = None, draft: str | None = None
    ) -> None:
        self._settings, self._journal = settings, journal
        loaded: dict[str, Callable[[], Backend]] = {}
        self._teachers = {name: OneTeacher(one, journal, loaded) for name, one in settings.by_teacher().items()}
        self.identities = {name: one.identity for name, one in self._teachers.items()}
        self.inputs = {f"model {name}".strip(): identity for name, identity in self.identities.items()}
        self._draft: tuple[str, Callable[[], Backend]] | None = None
        if settings.drafts and settings.draft:
            identity, load = teacher(draft or settings.draft.model, settings.draft.server, plain=True)
            self._draft = identity, cache(load)
            self.inputs["draft"] = identity
        self.fit: StudentFit | None = None
        self._judge: tuple[str, Callable[[], Backend]] | None = None
        if settings.replies > 1:
            self.inputs |= key_inputs(CHOOSE_FIELD, [settings.choose])
            if settings.choose == "judge":
                identity, load = teacher(settings.judge.model, settings.judge.server)
                self._judge = identity, cache(load)
                self.inputs["judge"] = identity
            if settings.choose == "student" and fit:
                self.fit = fit
                self.inputs |= fit.inputs

    def senders(self, budget: Budget) -> dict[str, SendRequests]:
        """How each teacher's replies are had, by its name."""
        return {name: one.sender(budget, f"teacher {name}".strip()) for name, one in self._teachers.items()}

    def teacher(self, budget: Budget) -> SendRequests:
        """How the replies of all teachers are had. A long stream of requests is best in runs of one teacher's."""
        senders = self.senders(budget)
        if list(senders) == [""]:
            return senders[""]

        def send(requests: Iterable[Request], label: str) -> Replies:
            for name, run in groupby(requests, key=lambda request: request.teacher):
                yield from senders[name](run, f"{label}, {name}")

        return send

    def judge(self, budget: Budget) -> SendRequests | None:
        """How the judge's replies are had; None where nobody judges."""
        if self._judge is None:
            return None
        price = price_of(self._settings.judge.model, self._settings.judge.server, self._settings.prices)
        return _journalled_sender(*self._judge, self._journal, budget.ledger("judge", price))

    def drafter(self, budget: Budget) -> SendRequests | None:
        """How drafts are had; None where nobody drafts."""
        draft = self._settings.draft
        if self._draft is None or draft is None:
            return None
        price = price_of(draft.model, draft.server, self._settings.prices)
        return _journalled_sender(*self._draft, self._journal, budget.ledger("draft", price))


def _journalled_sender(
    identity: str, backend: Callable[[], Backend], journal: ReplyJournal, ledger: CostLedger
) -> SendRequests:
    def send(requests: Iterable[Request], label: str) -> Replies:
        return send_requests(requests, identity, backend, journal, label, ledger)

    return send


def teacher_identity(settings: TeachSettings) -> str:
    """What stands for one teacher in keys: its file's hash, or what a server's replies are determined by."""
    if settings.model.startswith(REPLAY):
        return file_hash(replay_path(settings.model))
    return teacher(settings.model, settings.server)[0]


def replay_path(reference: str) -> Path:
    """The file of a replay:FILE. Raises UserError when it is not there."""
    path = user_path(reference.removeprefix(REPLAY), reference)
    if not path.is_file() or path.suffix not in {".parquet", ".jsonl"}:
        raise UserError(f"{reference}: there is no such .parquet or .jsonl file: correct the path.")
    return path
