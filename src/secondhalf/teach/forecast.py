"""What teaching a data set will take before anybody is asked: calls, tokens, money and hours, from its real pairs.

No model is loaded, called or fetched. What the journal already has is counted and costs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.costs.prices import price_of
from secondhalf.models.costs.token_estimate import USUAL_SHARE, ModelStatistics, model_statistics, prompt_tokens
from secondhalf.models.reference import resolve, split_engine
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import Pair, from_table
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.draft import draft_request, mendable
from secondhalf.teach.judge import judge_requests
from secondhalf.teach.models import REPLAY
from secondhalf.teach.plan import TeachPlan, teacher_requests
from secondhalf.teach.records import JournalRecords
from secondhalf.teach.settings import TeachSettings

_MEASURED = 500  # pairs whose tokens are estimated; the others are like them
# Two cores wrote 118 tokens/s with SmolLM2-135M as a 98 MB GGUF; other models in proportion to their bytes.
_LOCAL_SPEED = 118 * 98e6
_IN_FLIGHT = 16  # requests that a server is taken to answer at once
_SECONDS = 5.0  # a server's reply, when the journal has none of it


@dataclass(frozen=True)
class Estimate:
    """One model's share of teaching one data set. Tokens, dollars and hours are of the calls that are left."""

    data: str
    part: str
    """teacher, or "teacher NAME" of several; draft; judge."""
    model: str
    pairs: int
    calls: int
    from_journal: int
    """Of the calls: what is there already and costs nothing."""
    prompt_tokens: int = 0
    response_tokens: int = 0
    most_response_tokens: int = 0
    """When every reply reaches its limit."""
    dollars: float | None = None
    """None: the model's price is not known."""
    most_dollars: float | None = None
    hours: float = 0.0
    how: str = ""
    """Where the figures come from."""
    budget: str = ""
    """What the recipe's budget will do."""


def forecast_teaching(
    data: str,
    pairs: pa.Table,
    settings: TeachSettings,
    journal: Path,
    hour: float,
    scale: float = 1.0,
    draft: str | None = None,
    address: str = "",
) -> list[Estimate]:
    """Each teacher's estimate and, where they are asked, the drafter's and the judge's. `hour` is this machine's price in US
    dollars.

    `scale`: how many pairs there will be for each in the table. `draft`: the base model's reference, where the recipe names a
    student. `address`: the recipe's `journal`. Raises UserError for a teacher that is not there.
    """
    if settings.original:
        return []
    rows, teachers = from_table(Pair, pairs), settings.by_teacher()
    plan = TeachPlan(settings, None)
    records = JournalRecords(settings, journal, draft, address)
    drafted = {
        row: mendable(reply) for row, reply in records.drafts([pair for pair in rows if plan.drafts_for(pair)]).items()
    }
    estimates = []
    if settings.drafts and settings.draft:
        estimates.append(
            _of_drafts(data, [pair for pair in rows if plan.drafts_for(pair)], settings, len(drafted), scale, hour)
        )
    for name, own in teachers.items():
        written = [pair for pair in rows if plan.teacher_of(pair) == name]
        estimates.append(_of_teacher(data, name, written, own, records, drafted, scale, hour))
    if settings.replies > 1 and settings.choose == "judge":
        how, size = "by characters, all of it taken as new", round(len(rows) * scale)
        judge = Estimate(data, "judge", settings.judge.model, size, 2 * size, 0, how=how)
        longest = max(_usual_reply(own, ModelStatistics()) for own in teachers.values())
        lengths = (_judge_reads(rows, settings, longest), 4.0, settings.judge.sampling.max_tokens)
        estimates.append(_with_costs(judge, settings, settings.judge.server, lengths, ModelStatistics(), hour))
    return [replace(row, budget=_budget(estimates, settings)) for row in estimates]


def _of_teacher(
    data: str,
    name: str,
    rows: list[Pair],
    own: TeachSettings,
    records: JournalRecords,
    drafted: Mapping[str, str],
    scale: float,
    hour: float,
) -> Estimate:
    """One teacher's estimate; `own` are its settings. A draft that is not written yet is taken as a usual one."""
    usual = "x" * int(_usual_draft(own) * 4)
    rows = [
        pair for pair in rows if drafted.get(pair.id, "x").strip()
    ]  # where a draft is empty there is nothing to mend
    requests = [teacher_requests(pair, own, drafted.get(pair.id, usual), name) for pair in rows]
    calls = sum(map(len, requests))
    identity, known = records.of_teacher(name, requests)
    stored = calls if own.model.startswith(REPLAY) else known
    statistics = model_statistics(records.path, identity) if identity else ModelStatistics()
    sample = [request for each in requests[:: max(1, len(requests) // _MEASURED)] for request in each]
    prompt_mean = _mean([prompt_tokens(request.messages) for request in sample]) * (statistics.correction or 1.0)
    lengths = (prompt_mean, _usual_reply(own, statistics), own.sampling.max_tokens)
    how = "tokens as the journal's replies of this model" if statistics.correction else (
        "4 characters a token, 1 in Japanese and Chinese, replies at 60 % of their limit"
    )  # fmt: skip
    part = f"teacher {name}".strip()
    row = Estimate(
        data, part, own.model, round(len(rows) * scale), round(calls * scale), round(stored * scale), how=how
    )
    return _with_costs(row, own, own.server, lengths, statistics, hour)


def _of_drafts(
    data: str, rows: list[Pair], settings: TeachSettings, stored: int, scale: float, hour: float
) -> Estimate:
    draft = settings.draft
    assert draft is not None
    how = "4 characters a token, 1 in Japanese and Chinese, drafts as long as they may be"
    size = round(len(rows) * scale)
    row = Estimate(data, "draft", draft.model, size, size, round(stored * scale), how=how)
    prompt_mean = _mean([prompt_tokens(draft_request(pair, draft).messages) for pair in rows])
    lengths = (prompt_mean, float(draft.sampling.max_tokens), draft.sampling.max_tokens)
    return _with_costs(row, settings, draft.server, lengths, ModelStatistics(), hour)


def _usual_reply(own: TeachSettings, statistics: ModelStatistics) -> float:
    return own.sampling.max_tokens * (statistics.usual_share or USUAL_SHARE)


def _usual_draft(own: TeachSettings) -> int:
    """Tokens of a draft: base models seldom end by themselves."""
    return own.draft.sampling.max_tokens if own.ask == "draft" and own.draft else 0


def _judge_reads(rows: Sequence[Pair], settings: TeachSettings, response_mean: float) -> float:
    """Tokens of one question to the judge, with candidates as long as the teacher's usual replies."""
    reply = "x" * int(response_mean * 4)
    stand_ins = [Candidate("", number, reply, "stop", 0, 0, 0, 0) for number in range(settings.replies)]
    sample = rows[:: max(1, len(rows) // _MEASURED)]
    requests = [request for pair in sample for request in judge_requests("", pair.prompt, stand_ins, settings.judge)]
    return _mean([prompt_tokens(request.messages) for request in requests])


def _with_costs(
    row: Estimate,
    settings: TeachSettings,
    server: ServerSettings,
    lengths: tuple[float, float, int],
    statistics: ModelStatistics,
    hour: float,
) -> Estimate:
    """The row with tokens, hours and dollars. `lengths`: tokens read, usually written and at most written by a call."""
    calls = row.calls - row.from_journal
    prompt_total, response_total, most = (round(calls * length) for length in lengths)
    batched = settings.batch and row.part.startswith("teacher")
    size = 0 if server.served else local_bytes(row.model)
    price = price_of(row.model, server, settings.prices)
    if row.model.startswith((REPLAY, "dummy")) and not server.served:
        hours, how = 0.0, "no time"
    elif size:
        hours, how = response_total / (_LOCAL_SPEED / size) / 3600, "hours by the model's size on two cores"
    elif batched:
        hours, how = 24.0 if calls else 0.0, "hours: a batch's limit"
    else:
        seconds, in_flight = (
            statistics.seconds or _SECONDS,
            min(_IN_FLIGHT * max(1, server.count), server.max_in_flight),
        )
        rate_minutes = [calls / server.requests_per_minute] if server.requests_per_minute else []
        rate_minutes += [(prompt_total + response_total) / server.tokens_per_minute] if server.tokens_per_minute else []
        hours = max(calls * seconds / in_flight / 3600, *(minutes / 60 for minutes in rate_minutes), 0.0)
        how = f"hours with {in_flight} in flight of {seconds:.1f} s each, within the recipe's rates"
    dollars, most_dollars = (
        None if price is None else price.dollars(prompt_total, tokens, batched=batched) + hours * hour
        for tokens in (response_total, most)
    )
    return replace(
        row,
        prompt_tokens=prompt_total,
        response_tokens=response_total,
        most_response_tokens=most,
        dollars=dollars,
        most_dollars=most_dollars,
        hours=hours,
        how=f"{row.how}; {how}",
    )


def _budget(estimates: list[Estimate], settings: TeachSettings) -> str:
    tokens = sum(row.prompt_tokens + row.response_tokens for row in estimates)
    dollars = sum(row.dollars or 0.0 for row in estimates)
    for name, need, limit in (
        ("tokens", float(tokens), settings.budget.tokens),
        ("dollars", dollars, settings.budget.dollars),
    ):
        if limit is not None and need > limit:
            return f"stops at about {limit / need:.0%}: budget.{name} is {limit:,g}"
    return "enough" if settings.budget.tokens or settings.budget.dollars else "none set"


def local_bytes(reference: str) -> int:
    """The size of a model on this machine; 0 for one that is elsewhere or not fetched."""
    _, location = split_engine(reference)
    if location == "original" or location.startswith(("dummy", REPLAY, "hf:")):
        return 0
    try:
        path = resolve(location).path
    except UserError:
        return 0
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.glob("*.safetensors"))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
