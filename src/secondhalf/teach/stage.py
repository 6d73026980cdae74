"""Asks the teacher for every pair's second half (paper, section 3). Refused requests become rejects; the others go on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import pyarrow as pa

from secondhalf.models.costs.budget import Budget
from secondhalf.models.refusal_reason import whose_fault
from secondhalf.models.request import RefusedError, Replies, Reply, Request, SendRequests
from secondhalf.models.scheduling.prefetch import Prefetcher
from secondhalf.rows import Pair, Score, Verdict, from_table, partition_by_verdicts, to_table
from secondhalf.store import Stage
from secondhalf.store.mapper import ShardTables, map_table, parts_left, shards_of
from secondhalf.teach.candidates import Candidate, candidates_table
from secondhalf.teach.choice import Choice, choose_replies
from secondhalf.teach.draft import drafts_table, why_none
from secondhalf.teach.fit import StudentFit
from secondhalf.teach.plan import TeachPlan
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.unanswered import check_answered, forget_unanswered

TEACH_VERSION = (2,)


def teach_pairs(
    pairs: pa.Table,
    settings: TeachSettings,
    send: SendRequests,
    label: str,
    send_to_judge: SendRequests | None = None,
    *,
    drafter: SendRequests | None = None,
    fit: StudentFit | None = None,
) -> tuple[pa.Table, pa.Table, pa.Table, dict[str, pa.Table]]:
    """Pairs without a response in; pairs with one, refused pairs and verdicts out, in the order they came.

    The candidates stand in a table of their own when there are several to a pair or when they held thinking; drafts in
    `drafts`, and the likelihoods that `choose: student` goes by in `scores`.

    >>> import secondhalf
    >>> from secondhalf.rows import Pair, to_table
    >>> from pathlib import Path
    >>> settings = secondhalf.Recipe().teach.model_copy(update={"model": "dummy"})
    >>> models = secondhalf.TeacherModels(settings, secondhalf.Journal(Path("journal.sqlite")))
    >>> halves = to_table(Pair, [Pair("1", "1", "words", "en", "The river rose in March and", " fell in May.")])
    >>> taught, rejects, verdicts, _ = secondhalf.teach_pairs(
    ...     halves, settings, models.teacher(secondhalf.Budget()), "an example")
    >>> taught.column("teacher").to_pylist(), len(taught.column("response")[0].as_py()) > 0
    (['dummy'], True)
    """
    rows, plan = from_table(Pair, pairs), TeachPlan(settings, drafter)
    drafts = plan.drafts(rows, label)
    requests_by_pair = {pair.id: plan.requests(pair, drafts) for pair in rows}
    ordered = sorted((r for requests in requests_by_pair.values() for r in requests), key=lambda r: r.teacher)
    replies = dict(send(ordered, label))
    candidates: dict[str, list[Candidate]] = {}
    for row, requests in requests_by_pair.items():
        numbered = [(number, replies[request.id]) for number, request in enumerate(requests)]
        candidates[row] = [Candidate.of(row, number, reply) for number, reply in numbered if isinstance(reply, Reply)]
    choice = choose_replies(rows, candidates, settings, label, send_to_judge, fit)
    taught: list[Pair] = []
    verdicts: list[list[Verdict]] = []
    for pair in rows:
        name = plan.teacher_of(pair) or settings.model
        candidate = choice.chosen.get(pair.id)
        taught.append(_with(pair, candidate, name) if candidate else replace(pair, teacher=name))
        if candidates[pair.id]:
            verdicts.append([Verdict(pair.id, "answered", True, 1.0), *choice.verdicts.get(pair.id, [])])
        else:
            requests = requests_by_pair[pair.id]
            why = _refusal(replies[pair.id]) if requests else why_none(drafts[pair.id])
            verdicts.append([Verdict(pair.id, "answered", False, 0.0, why)])
    return *partition_by_verdicts(Pair, taught, verdicts), _extra(settings, candidates, choice, drafts)


def _extra(
    settings: TeachSettings,
    candidates: Mapping[str, list[Candidate]],
    choice: Choice,
    drafts: Mapping[str, Reply | RefusedError],
) -> dict[str, pa.Table]:
    """The tables beside the pairs, by their kind."""
    all_candidates = [candidate for of_pair in candidates.values() for candidate in of_pair]
    tables = {}
    if settings.replies > 1 or any(candidate.thinking_characters for candidate in all_candidates):
        tables["candidates"] = candidates_table(all_candidates, choice.chosen.values())
    if settings.drafts:
        tables["drafts"] = drafts_table(drafts, list(candidates))
    if settings.replies > 1 and settings.choose == "student":
        tables["scores"] = to_table(Score, choice.scores)
    return tables


def _refusal(outcome: object) -> str:
    return f"refused by the teacher{whose_fault(outcome)}: {outcome}"


def _with(pair: Pair, candidate: Candidate, teacher: str) -> Pair:
    return replace(
        pair,
        response=candidate.response,
        teacher=teacher,
        finish=candidate.finish,
        prompt_tokens=candidate.prompt_tokens,
        response_tokens=candidate.response_tokens,
    )


def teach_all(
    stage: Stage,
    pairs: pa.Table | Stage,
    settings: TeachSettings,
    send: SendRequests,
    label: str,
    send_to_judge: SendRequests | None = None,
    *,
    drafter: SendRequests | None = None,
    fit: StudentFit | None = None,
) -> dict[str, Any]:
    """Teaches a whole table, or another stage's, into a stage, part by part, candidates beside the pairs; returns the counts.

    Of a stage few parts are in memory at a time.

    Raises UserError where a server left pairs unanswered: the stage is not whole then, and the next attempt asks them again.
    """
    forget_unanswered(stage)
    rows = pairs.rows() if isinstance(pairs, Stage) else pairs.num_rows
    missing = parts_left(stage, rows)

    def todo() -> Iterator[pa.Table]:
        wanted = set(missing)
        return (shard for index, shard in enumerate(shards_of(pairs)) if index in wanted)

    plan = TeachPlan(settings, drafter)
    prefetchers = {
        name: Prefetcher(plan.stream(todo(), name, label), lambda requests: send(requests, label))
        for name in plan.teachers
    }

    def from_prefetchers(requests: Iterable[Request], _: str) -> Replies:
        by_teacher: dict[str, list[Request]] = {}
        for request in requests:
            by_teacher.setdefault(request.teacher, []).append(request)
        for name, own in by_teacher.items():
            yield from prefetchers[name].replies(own).items()

    parts = iter(missing)  # in the order in which map_table asks for them

    def teach_shard(shard: pa.Table) -> ShardTables:
        rows, rejects, verdicts, extra = teach_pairs(
            shard, settings, from_prefetchers, label, send_to_judge, drafter=drafter, fit=fit
        )
        part = next(parts)
        for kind, separate in extra.items():
            stage.write(kind, part, separate)
        return rows, rejects, verdicts

    counts = map_table(stage, pairs, teach_shard, label)
    check_answered(stage.tables("rejects"), settings, rows)
    return counts


def call_totals(tables: Iterable[pa.Table]) -> dict[str, int]:
    """The calls and tokens that tables of pairs, candidates or drafts stand for."""
    totals = {"model_calls": 0, "prompt_tokens": 0, "response_tokens": 0}
    for table in tables:
        totals["model_calls"] += table.num_rows
        for name in ("prompt_tokens", "response_tokens"):
            totals[name] += sum(table.column(name).to_pylist())
    return totals


def cost_summary(stage: Stage, settings: TeachSettings, budget: Budget) -> dict[str, Any]:
    """For the manifest: the calls and tokens that the replies stand for, and what of it was paid for by this stage.

    The rest was in the journal, paid for by another. With several replies to a prompt all of them are counted, and
    drafts too. Seconds are those of all attempts, where a stage was killed and went on.
    """
    replies = stage.tables("candidates" if settings.replies > 1 else "part")
    totals = call_totals(chain(replies, stage.tables("drafts")))
    return {**totals, "paid": budget.summary(), "seconds_in_all": round(budget.seconds, 2)}
