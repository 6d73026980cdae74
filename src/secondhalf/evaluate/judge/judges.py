"""Has every judge answer the same requests, through the journal: no judgment is paid for twice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.evaluate.judge.settings import JudgingSettings
from secondhalf.models.backends import teacher
from secondhalf.models.costs.budget import Budget
from secondhalf.models.costs.prices import price_of
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.models.request import Backend, RefusedError, Reply, Request
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.thinking import split_thinking
from secondhalf.store import Stage

JudgeReplies = dict[str, dict[str, str | None]]
"""Each judge's replies, by its name and the request's id, without its thinking; None where it refused."""

JUDGMENTS = pa.schema([(name, pa.string()) for name in ("judge", "id", "reply", "finish", "refused", "first_tokens")])


class Judges:
    """A recipe's judges. No model is loaded before a judgment is really needed."""

    def __init__(self, settings: JudgingSettings, journal: ReplyJournal, hour: float) -> None:
        self._settings, self._journal, self._hour = settings, journal, hour
        self._judges: dict[str, tuple[str, Callable[[], Backend]]] = {}
        for judge in settings.judges:
            identity, make = teacher(judge.model, judge.request_settings)
            self._judges[judge.model] = identity, cache(make)

    @property
    def longest(self) -> int:
        """The longest answer, in characters, that judges are shown whole."""
        return self._settings.longest_answer

    @property
    def identities(self) -> dict[str, str]:
        """By each judge's name, what determines its replies beside the requests and its settings: its model's identity."""
        return {name: identity for name, (identity, _) in self._judges.items()}

    def judge(self, requests: Sequence[Request], stage: Stage, label: str) -> tuple[JudgeReplies, dict[str, Any]]:
        """Writes the stage's judgments- table. Returns the judges' replies, and for the manifest what they cost.

        A request's own sampling is replaced by the judge's. Raises UserError when the budget is spent.
        """
        judge_replies: JudgeReplies = {}
        tokens = {"prompt_tokens": 0, "response_tokens": 0}
        with Budget(stage.path / "spent.json", self._settings.budget, self._hour, "evaluate.judging") as budget:
            for index, judge in enumerate(self._settings.judges):
                ledger = budget.ledger(
                    f"judge {judge.model}", price_of(judge.model, judge.server, self._settings.prices)
                )
                own_requests = (Request(request.id, request.messages, judge.sampling) for request in requests)
                identity, make = self._judges[judge.model]
                title = f"{label}, {judge.model.rpartition('/')[2].partition('#')[0]}"
                replies = dict(send_requests(own_requests, identity, make, self._journal, title, ledger, len(requests)))
                _check_answered(judge.model, judge.server.unanswered, replies)
                for reply in replies.values():
                    if isinstance(reply, Reply):
                        tokens["prompt_tokens"] += reply.prompt_tokens
                        tokens["response_tokens"] += reply.response_tokens
                judge_replies[judge.model] = _write_judgments(index, judge.model, requests, replies, stage)
            paid = budget.summary()
        return judge_replies, {"paid": paid, "model_calls": len(requests) * len(judge_replies), **tokens}


def _check_answered(judge: str, policy: str, replies: Mapping[str, Reply | RefusedError]) -> None:
    """Raises UserError where a judge's server left requests unanswered: no figure is made of the others alone."""
    failed = [reply for reply in replies.values() if isinstance(reply, RefusedError) and reply.fault == "server"]
    if failed and policy == "stop":
        raise UserError(
            f"{len(failed)} of {len(replies)} requests to the judge {judge} got no reply, by the server's fault: {failed[-1]}. "
            "What was answered is kept: the same command asks them again, or goes on without them where the judge's server "
            "says `unanswered: reject`."
        )


def _write_judgments(
    index: int, judge: str, requests: Iterable[Request], replies: dict[str, Any], stage: Stage
) -> dict[str, str | None]:
    rows, texts = [], dict[str, str | None]()
    for request in requests:
        reply = replies[request.id]
        if isinstance(reply, Reply):
            texts[request.id] = split_thinking(reply.text)[0]
            rows.append((judge, request.id, reply.text, reply.finish, "", reply.first_tokens))
        else:
            texts[request.id] = None
            rows.append((judge, request.id, "", "", str(reply), ""))
    table = [dict(zip(JUDGMENTS.names, row, strict=True)) for row in sorted(rows)]
    stage.write("judgments", index, pa.Table.from_pylist(table, schema=JUDGMENTS))
    return texts
