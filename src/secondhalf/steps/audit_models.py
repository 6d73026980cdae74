"""The verdicts of models on pairs, where a recipe names them: a judge of contradictions, through the journal and on a budget,
and an encoder that finds evaluated prompts in other words.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from secondhalf.audit.contradiction import contradiction_request, contradiction_verdict
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.rephrasings import find_rephrasings
from secondhalf.audit.stage import AuditSettings, check_pair
from secondhalf.errors import UserError
from secondhalf.models.backends import teacher
from secondhalf.models.costs.budget import Budget
from secondhalf.models.costs.prices import price_of
from secondhalf.models.embeddings import EMBEDDINGS_VERSION, SentenceEncoder
from secondhalf.models.reference import resolve
from secondhalf.models.request import RefusedError, Reply
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.progress import Progress
from secondhalf.rows import Pair, Verdict, from_table
from secondhalf.runs import OpenRun
from secondhalf.store import Stage


def audit_models(settings: AuditSettings) -> dict[str, str]:
    """What determines the models' verdicts beside the pairs and the settings, for the stage's key; empty where there are none."""
    inputs = {}
    if settings.contradiction:
        inputs["contradiction"] = teacher(settings.contradiction.model, settings.contradiction.server)[0]
    if settings.rephrasings:
        inputs["rephrasings"] = f"{resolve(settings.rephrasings.model).identity} {EMBEDDINGS_VERSION}"
    return inputs


def model_verdicts(
    run: OpenRun, pairs: pa.Table, settings: AuditSettings, index: OverlapIndex, stage: Stage, label: str
) -> tuple[dict[str, list[Verdict]], dict[str, Any]]:
    """The verdicts by the pair's id, and for the manifest what they cost. Raises UserError for a model that cannot be had, and as
    `judge_contradictions` does."""
    verdicts: dict[str, list[Verdict]] = {}
    if settings.rephrasings:
        encoder = SentenceEncoder(resolve(settings.rephrasings.model).path, "audit.rephrasings.model")
        prompts = [text for text in index.texts if not text.is_answer]
        rows = from_table(Pair, pairs)
        with Progress(f"{label}, rephrasings", len(rows), "pairs") as progress:
            for verdict in find_rephrasings(rows, prompts, encoder, settings.rephrasings):
                verdicts.setdefault(verdict.id, []).append(verdict)
                progress.advance(1)
    judged, cost = judge_contradictions(run, pairs, settings, index, stage, f"{label}, contradictions")
    for id, verdict in judged.items():
        verdicts.setdefault(id, []).append(verdict)
    return verdicts, cost


def judge_contradictions(
    run: OpenRun, pairs: pa.Table, settings: AuditSettings, index: OverlapIndex, stage: Stage, label: str
) -> tuple[Mapping[str, Verdict], dict[str, Any]]:
    """A verdict on each pair that passes every other check, by its id, and for the manifest what that cost.

    Raises UserError when the budget is spent, and where the judge's server left requests unanswered.
    """
    judge = settings.contradiction
    if judge is None:
        return {}, {}
    passed = [
        pair for pair in from_table(Pair, pairs) if all(verdict.passed for verdict in check_pair(pair, settings, index))
    ]
    identity, load = teacher(judge.model, judge.server)
    hour = run.recipe.report.hour_in_dollars
    with Budget(stage.path / "spent.json", judge.budget, hour, "audit.contradiction") as budget:
        ledger = budget.ledger("contradiction", price_of(judge.model, judge.server, judge.prices))
        requests = (contradiction_request(pair, judge) for pair in passed)
        replies = dict(send_requests(requests, identity, cache(load), run.journal, label, ledger, len(passed)))
        paid = budget.summary()
    failed = [reply for reply in replies.values() if isinstance(reply, RefusedError) and reply.fault == "server"]
    if failed and judge.server.unanswered == "stop":
        raise UserError(
            f"audit.contradiction: {len(failed)} of {len(replies)} requests got no reply, by the server's fault: {failed[-1]}. "
            "What was answered is kept: the same command asks them again."
        )
    answered = [reply for reply in replies.values() if isinstance(reply, Reply)]
    tokens = {name: sum(getattr(reply, name) for reply in answered) for name in ("prompt_tokens", "response_tokens")}
    verdicts = {id: contradiction_verdict(id, reply) for id, reply in replies.items()}
    return verdicts, {"paid": paid, "model_calls": len(replies), **tokens}
