"""Asks the teacher for every pair's second half (paper, section 3). Refused requests become rejects; the others go on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from secondhalf.extensions.function import load_function
from secondhalf.extensions.path import is_path
from secondhalf.models.costs.budget import Budget
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.models.scheduling.prefetch import Prefetcher
from secondhalf.rows import Pair, Verdict, from_table, partition_by_verdicts
from secondhalf.store import Stage
from secondhalf.store.mapper import ROWS_PER_PART, ShardTables, map_table
from secondhalf.teach import judge
from secondhalf.teach.candidates import Candidate, candidates_table
from secondhalf.teach.choose import at_random, by_function, longest_finished
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings

TEACH_VERSION = (1,)
Replies = Iterator[tuple[str, Reply | RefusedError]]
# Requests and the progress's label; answers by request id, in any order.
SendRequests = Callable[[Iterable[Request], str], Replies]

# The seed of reply k is k strides further: far from every seed that a person would choose.
_STRIDE = 1_000_003


def teacher_requests(pair: Pair, settings: TeachSettings) -> list[Request]:
    """The teacher's messages for one pair, once for each reply; the first has the pair's own id and the recipe's seed."""
    # A plain replace, not str.format: a document may hold braces.
    turn = settings.wording.replace("{text}", pair.prompt.strip())
    system = (("system", settings.system),) if settings.system else ()
    messages = (*system, ("user", turn))
    sampling = settings.sampling
    return [
        Request(
            f"{pair.id}#{number}" if number else pair.id,
            messages,
            sampling.model_copy(update={"seed": sampling.seed + _STRIDE * number}) if number else sampling,
        )
        for number in range(settings.replies)
    ]


def teach_pairs(
    pairs: pa.Table, settings: TeachSettings, send: SendRequests, label: str, send_to_judge: SendRequests | None = None
) -> tuple[pa.Table, pa.Table, pa.Table, dict[str, pa.Table]]:
    """Pairs without a response in; pairs with one, refused pairs and verdicts out, in the order they came.

    The candidates stand in a table of their own when there are several to a pair or when they held thinking.
    """
    rows = from_table(Pair, pairs)
    requests_by_pair = {pair.id: teacher_requests(pair, settings) for pair in rows}
    replies = dict(send([request for requests in requests_by_pair.values() for request in requests], label))
    candidates: dict[str, list[Candidate]] = {}
    for row, requests in requests_by_pair.items():
        numbered = [(number, replies[request.id]) for number, request in enumerate(requests)]
        candidates[row] = [Candidate.of(row, number, reply) for number, reply in numbered if isinstance(reply, Reply)]
    chosen, choices = _choose(rows, candidates, settings, send_to_judge, label)
    taught: list[Pair] = []
    verdicts: list[list[Verdict]] = []
    for pair in rows:
        if candidates[pair.id]:
            candidate = chosen.get(pair.id)
            taught.append(
                _with(pair, candidate, settings.model) if candidate else replace(pair, teacher=settings.model)
            )
            verdicts.append([Verdict(pair.id, "answered", True, 1.0), *choices.get(pair.id, [])])
        else:
            taught.append(replace(pair, teacher=settings.model))
            why = f"refused by the teacher: {replies[pair.id]}"
            verdicts.append([Verdict(pair.id, "answered", False, 0.0, why)])
    all_candidates = [candidate for requests in candidates.values() for candidate in requests]
    separate = settings.replies > 1 or any(candidate.thinking_characters for candidate in all_candidates)
    extra = {"candidates": candidates_table(all_candidates, chosen.values())} if separate else {}
    return *partition_by_verdicts(Pair, taught, verdicts), extra


def _choose(
    rows: Sequence[Pair],
    candidates: dict[str, list[Candidate]],
    settings: TeachSettings,
    send_to_judge: SendRequests | None,
    label: str,
) -> tuple[dict[str, Candidate], dict[str, list[Verdict]]]:
    """One candidate for each pair that has any, but where a user's function failed; and that function's verdicts."""
    if settings.replies > 1 and is_path(settings.choose):
        function = load_function(settings.choose, CHOOSE_FIELD)
        picked = {pair.id: by_function(pair, candidates[pair.id], function) for pair in rows if candidates[pair.id]}
        chosen = {row: candidate for row, (candidate, _) in picked.items() if candidate}
        return chosen, {row: verdicts for row, (_, verdicts) in picked.items()}
    if settings.choose == "random":
        return {row: at_random(options, settings.sampling.seed) for row, options in candidates.items() if options}, {}
    verdicts: dict[str, object] = {}
    if settings.choose == "judge" and send_to_judge:
        questions = [
            request
            for pair in rows
            if len(candidates[pair.id]) > 1
            for request in judge.judge_requests(pair.id, pair.prompt.strip(), candidates[pair.id], settings.judge)
        ]
        verdicts = dict(send_to_judge(questions, f"{label}, judging"))
        return {
            row: judge.judged_candidate(row, options, verdicts) for row, options in candidates.items() if options
        }, {}
    return {row: longest_finished(options) for row, options in candidates.items() if options}, {}


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
) -> dict[str, Any]:
    """Teaches a whole table into a stage, part by part, candidates beside the pairs; returns the counts."""
    todo = pairs.slice(ROWS_PER_PART * stage.parts())
    prefetcher = Prefetcher(_all_requests(todo, settings), lambda requests: send(requests, label))

    def from_prefetcher(requests: Iterable[Request], _: str) -> Replies:
        return iter(prefetcher.replies(list(requests)).items())

    ids = pairs.column("id").to_pylist()
    part = {row: index for index, row in enumerate(ids[::ROWS_PER_PART])}

    def teach_shard(shard: pa.Table) -> ShardTables:
        rows, rejects, verdicts, extra = teach_pairs(shard, settings, from_prefetcher, label, send_to_judge)
        for kind, separate in extra.items():
            stage.write(kind, part[shard.column("id")[0].as_py()], separate)
        return rows, rejects, verdicts

    return map_table(stage, pairs, teach_shard, label)


def _all_requests(pairs: pa.Table, settings: TeachSettings) -> Iterator[Request]:
    """The requests of all pairs, a part at a time: memory does not follow their number."""
    for start in range(0, pairs.num_rows, ROWS_PER_PART):
        for pair in from_table(Pair, pairs.slice(start, ROWS_PER_PART)):
            yield from teacher_requests(pair, settings)


def cost_summary(stage: Stage, settings: TeachSettings, budget: Budget) -> dict[str, Any]:
    """For the manifest: the calls and tokens that the replies stand for, and what of it was paid for by this stage.

    The rest was in the journal, paid for by another. With several replies to a prompt all of them are counted. Seconds
    are those of all attempts, where a stage was killed and went on.
    """
    counted = stage.read("candidates") if settings.replies > 1 else stage.read()
    totals = {
        "model_calls": counted.num_rows,
        "prompt_tokens": sum(counted.column("prompt_tokens").to_pylist()),
        "response_tokens": sum(counted.column("response_tokens").to_pylist()),
    }
    return {**totals, "paid": budget.summary(), "seconds_in_all": round(budget.seconds, 2)}
