"""Asks the teacher for every pair's second half (paper, section 3). Refused requests become rejects; the others go on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from secondhalf.models.costs.budget import Budget
from secondhalf.models.request import RefusedError, Replies, Reply, Request, SendRequests
from secondhalf.models.scheduling.prefetch import Prefetcher
from secondhalf.rows import Pair, Score, Verdict, from_table, partition_by_verdicts, to_table
from secondhalf.store import Stage
from secondhalf.store.mapper import ROWS_PER_PART, ShardTables, map_table
from secondhalf.teach.candidates import Candidate, candidates_table
from secondhalf.teach.choice import Choice, choose_replies
from secondhalf.teach.draft import DraftSettings, draft_request, drafts_table, mendable, why_none
from secondhalf.teach.fit import StudentFit
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.teachers import assign_teacher

TEACH_VERSION = (1,)
# The seed of reply k is k strides further: far from every seed that a person would choose.
_STRIDE = 1_000_003


def teacher_requests(pair: Pair, settings: TeachSettings, draft: str = "", teacher: str = "") -> list[Request]:
    """One teacher's messages for one pair, once for each reply; the first has the pair's own id and the recipe's seed.

    `draft` is what it mends, `teacher` its name where there are several.
    """
    system = (("system", settings.system),) if settings.system else ()
    messages = (*system, ("user", settings.turn(pair.prompt.strip(), draft)))
    sampling = settings.sampling
    return [
        Request(
            f"{pair.id}#{number}" if number else pair.id,
            messages,
            sampling.model_copy(update={"seed": sampling.seed + _STRIDE * number}) if number else sampling,
            teacher,
        )
        for number in range(settings.replies)
    ]


class TeachPlan:
    """Who writes each pair's second half, and what is asked for it."""

    def __init__(self, settings: TeachSettings, drafter: SendRequests | None) -> None:
        self.teachers, self._drafter = settings.by_teacher(), drafter
        self._shares = {name: settings.teachers[name].share if name else 1.0 for name in self.teachers}

    def teacher_of(self, pair: Pair) -> str:
        """The teacher's name; "" where there is one alone."""
        return assign_teacher(pair.document, self._shares)

    def drafts_for(self, pair: Pair) -> DraftSettings | None:
        """How the pair's draft is written; None where its teacher mends none."""
        own = self.teachers[self.teacher_of(pair)]
        return own.draft if own.ask == "draft" else None

    def drafts(self, pairs: Iterable[Pair], label: str) -> dict[str, Reply | RefusedError]:
        """The drafts of the pairs whose teacher mends one, by pair; from the journal where they are there."""
        asked = [draft_request(pair, own) for pair in pairs if (own := self.drafts_for(pair))]
        return dict(self._drafter(asked, f"{label}, drafts")) if asked and self._drafter else {}

    def requests(self, pair: Pair, drafts: Mapping[str, Reply | RefusedError]) -> list[Request]:
        """What the pair's teacher is asked; nothing where the draft that it should mend is not there."""
        name = self.teacher_of(pair)
        own, draft = self.teachers[name], mendable(drafts.get(pair.id))
        return [] if own.ask == "draft" and not draft else teacher_requests(pair, own, draft, name)

    def stream(self, pairs: pa.Table, teacher: str, label: str) -> Iterator[Request]:
        """One teacher's requests for all pairs, a part at a time: memory does not follow their number."""
        for start in range(0, pairs.num_rows, ROWS_PER_PART):
            rows = from_table(Pair, pairs.slice(start, ROWS_PER_PART))
            own = [pair for pair in rows if self.teacher_of(pair) == teacher]
            drafts = self.drafts(own, label)
            for pair in own:
                yield from self.requests(pair, drafts)


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
            asked = requests_by_pair[pair.id]
            why = f"refused by the teacher: {replies[pair.id]}" if asked else why_none(drafts[pair.id])
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
    pairs: pa.Table,
    settings: TeachSettings,
    send: SendRequests,
    label: str,
    send_to_judge: SendRequests | None = None,
    *,
    drafter: SendRequests | None = None,
    fit: StudentFit | None = None,
) -> dict[str, Any]:
    """Teaches a whole table into a stage, part by part, candidates beside the pairs; returns the counts."""
    todo, plan = pairs.slice(ROWS_PER_PART * stage.parts()), TeachPlan(settings, drafter)
    prefetchers = {
        name: Prefetcher(plan.stream(todo, name, label), lambda requests: send(requests, label))
        for name in plan.teachers
    }

    def from_prefetchers(requests: Iterable[Request], _: str) -> Replies:
        by_teacher: dict[str, list[Request]] = {}
        for request in requests:
            by_teacher.setdefault(request.teacher, []).append(request)
        for name, own in by_teacher.items():
            yield from prefetchers[name].replies(own).items()

    ids = pairs.column("id").to_pylist()
    part = {row: index for index, row in enumerate(ids[::ROWS_PER_PART])}

    def teach_shard(shard: pa.Table) -> ShardTables:
        rows, rejects, verdicts, extra = teach_pairs(
            shard, settings, from_prefetchers, label, send_to_judge, drafter=drafter, fit=fit
        )
        for kind, separate in extra.items():
            stage.write(kind, part[shard.column("id")[0].as_py()], separate)
        return rows, rejects, verdicts

    return map_table(stage, pairs, teach_shard, label)


def call_totals(tables: Iterable[pa.Table]) -> dict[str, int]:
    """The calls and tokens that tables of pairs, candidates or drafts stand for."""
    counted = list(tables)
    tokens = ("prompt_tokens", "response_tokens")
    sums = {name: sum(sum(table.column(name).to_pylist()) for table in counted) for name in tokens}
    return {"model_calls": sum(table.num_rows for table in counted), **sums}


def cost_summary(stage: Stage, settings: TeachSettings, budget: Budget) -> dict[str, Any]:
    """For the manifest: the calls and tokens that the replies stand for, and what of it was paid for by this stage.

    The rest was in the journal, paid for by another. With several replies to a prompt all of them are counted, and
    drafts too. Seconds are those of all attempts, where a stage was killed and went on.
    """
    replies = stage.read("candidates") if settings.replies > 1 else stage.read()
    totals = call_totals([replies, *stage.tables("drafts")])
    return {**totals, "paid": budget.summary(), "seconds_in_all": round(budget.seconds, 2)}
