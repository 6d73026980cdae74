"""The verdicts of models on pairs, where a recipe names them: judges of instruction-like content and of contradictions, through
the journal and each on a budget, and an encoder that finds evaluated prompts in other words.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pyarrow as pa

from secondhalf.audit.contradiction import contradiction_request, contradiction_verdict
from secondhalf.audit.instruction_judge import instruction_request, instruction_verdict
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.pair_judge import PairJudgeSettings
from secondhalf.audit.rephrasings import find_rephrasings
from secondhalf.audit.stage import AuditSettings, check_pair
from secondhalf.errors import UserError
from secondhalf.models.backends import teacher
from secondhalf.models.costs.budget import Budget
from secondhalf.models.costs.prices import price_of
from secondhalf.models.embeddings import EMBEDDINGS_VERSION, SentenceEncoder
from secondhalf.models.reference import resolve
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.progress import Progress
from secondhalf.rows import Pair, Verdict, from_table
from secondhalf.runs import OpenRun
from secondhalf.store import Stage


def audit_models(settings: AuditSettings) -> dict[str, str]:
    """What determines the models' verdicts beside the pairs and the settings, for the stage's key; empty where there are none."""
    inputs = {}
    for judge in _judges(settings):
        inputs[judge.check] = teacher(judge.settings.model, judge.settings.server)[0]
    if settings.rephrasings:
        inputs["rephrasings"] = f"{resolve(settings.rephrasings.model).identity} {EMBEDDINGS_VERSION}"
    return inputs


def model_verdicts(
    run: OpenRun, pairs: pa.Table, settings: AuditSettings, index: OverlapIndex, stage: Stage, label: str
) -> tuple[dict[str, list[Verdict]], dict[str, Any]]:
    """The verdicts by the pair's id, and for the manifest what they cost. Raises UserError for a model that cannot be had, when a
    judge's budget is spent, and where its server left requests unanswered."""
    verdicts: dict[str, list[Verdict]] = {}
    if settings.rephrasings:
        encoder = SentenceEncoder(resolve(settings.rephrasings.model).path, "audit.rephrasings.model")
        prompts = [text for text in index.texts if not text.is_answer]
        rows = from_table(Pair, pairs)
        with Progress(f"{label}, rephrasings", len(rows), "pairs") as progress:
            for verdict in find_rephrasings(rows, prompts, encoder, settings.rephrasings):
                verdicts.setdefault(verdict.id, []).append(verdict)
                progress.advance(1)
    costs: list[dict[str, Any]] = []
    rows = from_table(Pair, pairs)
    for judge in _judges(settings):
        passed = [
            pair
            for pair in rows
            if all(verdict.passed for verdict in (*check_pair(pair, settings, index), *verdicts.get(pair.id, ())))
        ]
        judged, cost = _judge_pairs(run, passed, judge, stage, f"{label}, {judge.check}")
        costs.append(cost)
        for id, verdict in judged.items():
            verdicts.setdefault(id, []).append(verdict)
    return verdicts, _sum_of(costs)


@dataclass(frozen=True, slots=True)
class _Judge:
    """A judge of pairs. `check`: what its verdicts and its account are called, `field` the recipe's."""

    check: str
    field: str
    settings: PairJudgeSettings
    ask: Callable[[Pair], Request]
    read: Callable[[str, Reply | RefusedError], Verdict]


def _judges(settings: AuditSettings) -> Iterator[_Judge]:
    """Those that the recipe names, one after another: what the first refuses costs no second question."""
    if asked := settings.instruction_judge:
        read = partial(instruction_verdict, refuse=settings.refuse_instructions)
        ask = partial(instruction_request, settings=asked)
        yield _Judge("instruction_judge", "audit.instruction_judge", asked, ask, read)
    if asked_too := settings.contradiction:
        ask = partial(contradiction_request, settings=asked_too)
        yield _Judge("contradiction", "audit.contradiction", asked_too, ask, contradiction_verdict)


def _judge_pairs(
    run: OpenRun, pairs: list[Pair], judge: _Judge, stage: Stage, label: str
) -> tuple[Mapping[str, Verdict], dict[str, Any]]:
    """A verdict on each pair by its id, and for the manifest what that cost.

    Raises UserError when the budget is spent, and where the judge's server left requests unanswered.
    """
    model, server = judge.settings.model, judge.settings.server
    identity, load = teacher(model, server)
    hour = run.recipe.report.hour_in_dollars
    with Budget(stage.path / f"spent-{judge.check}.json", judge.settings.budget, hour, judge.field) as budget:
        ledger = budget.ledger(judge.check, price_of(model, server, judge.settings.prices))
        requests = (judge.ask(pair) for pair in pairs)
        replies = dict(send_requests(requests, identity, cache(load), run.journal, label, ledger, len(pairs)))
        paid = budget.summary()
    failed = [reply for reply in replies.values() if isinstance(reply, RefusedError) and reply.fault == "server"]
    if failed and server.unanswered == "stop":
        raise UserError(
            f"{judge.field}: {len(failed)} of {len(replies)} requests got no reply, by the server's fault: {failed[-1]}. "
            "What was answered is kept: the same command asks them again."
        )
    answered = [reply for reply in replies.values() if isinstance(reply, Reply)]
    tokens = {name: sum(getattr(reply, name) for reply in answered) for name in ("prompt_tokens", "response_tokens")}
    verdicts = {id: judge.read(id, reply) for id, reply in replies.items()}
    return verdicts, {"paid": paid, "model_calls": len(replies), **tokens}


def _sum_of(costs: list[dict[str, Any]]) -> dict[str, Any]:
    """What all judges cost together, each in an account of its own; empty where there was none."""
    if not costs:
        return {}
    counts = {name: sum(cost[name] for cost in costs) for name in ("model_calls", "prompt_tokens", "response_tokens")}
    return {"paid": {name: account for cost in costs for name, account in cost["paid"].items()}, **counts}
