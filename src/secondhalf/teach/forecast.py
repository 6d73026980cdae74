"""What teaching a data set will take before anybody is asked: calls, tokens, money and hours, from its real pairs.

No model is loaded, called or fetched. What the journal already has is counted and costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.costs.prices import price_of
from secondhalf.models.costs.token_estimate import USUAL_SHARE, ModelStatistics, model_statistics, prompt_tokens
from secondhalf.models.journal.journal import Journal
from secondhalf.models.reference import resolve, split_engine
from secondhalf.models.request import Request
from secondhalf.rows import Pair, from_table
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.judge import judge_requests
from secondhalf.teach.models import REPLAY, TeacherModels
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teacher_requests

_MEASURED = 500  # pairs whose tokens are estimated; the others are like them
_ROWS = 1000
# Two cores wrote 118 tokens/s with SmolLM2-135M as a 98 MB GGUF; other models in proportion to their bytes.
_LOCAL_SPEED = 118 * 98e6
_IN_FLIGHT = 16  # requests that a server is taken to answer at once
_SECONDS = 5.0  # a server's reply, when the journal has none of it


@dataclass(frozen=True)
class Estimate:
    """One model's share of teaching one data set. Tokens, dollars and hours are of the calls that are left."""

    data: str
    part: str
    """teacher or judge."""
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
    data: str, pairs: pa.Table, settings: TeachSettings, journal: Path, hour: float, scale: float = 1.0
) -> list[Estimate]:
    """The teacher's estimate and, where one is asked, the judge's. `hour` is this machine's price in US dollars.

    `scale`: how many pairs there will be for each in the table. Raises UserError for a teacher that is not there.
    """
    if settings.model == "original":
        return []
    rows = from_table(Pair, pairs)
    requests = [teacher_requests(pair, settings) for pair in rows]
    calls = sum(map(len, requests))
    identity, known = _journal_state(requests, settings, journal)
    stored = calls if settings.model.startswith(REPLAY) else known
    statistics = model_statistics(journal, identity) if identity else ModelStatistics()
    sample = [request for each in requests[:: max(1, len(requests) // _MEASURED)] for request in each]
    prompt_mean = _mean([prompt_tokens(request.messages) for request in sample]) * (statistics.correction or 1.0)
    limit = settings.sampling.max_tokens
    response_mean = limit * (statistics.usual_share or USUAL_SHARE)
    how = "tokens as the journal's replies of this model" if statistics.correction else (
        "4 characters a token, 1 in Japanese and Chinese, replies at 60 % of their limit"
    )  # fmt: skip
    size = round(len(rows) * scale)
    teacher = Estimate(data, "teacher", settings.model, size, round(calls * scale), round(stored * scale), how=how)
    estimates = [_with_costs(teacher, settings, (prompt_mean, response_mean, limit), statistics, hour)]
    if settings.replies > 1 and settings.choose == "judge":
        how = "by characters, all of it taken as new"
        judge = Estimate(data, "judge", settings.judge.model, size, 2 * size, 0, how=how)
        lengths = (_judge_reads(rows, settings, response_mean), 4.0, settings.judge.sampling.max_tokens)
        estimates.append(_with_costs(judge, settings, lengths, ModelStatistics(), hour))
    return [replace(row, budget=_budget(estimates, settings)) for row in estimates]


def _journal_state(requests: list[list[Request]], settings: TeachSettings, path: Path) -> tuple[str, int]:
    """The teacher's identity ("" where it would have to be fetched), and how many of its replies the journal has."""
    fetched = any(
        not server.urls and split_engine(model)[1].startswith("hf:")
        for model, server in ((settings.model, settings.server), (settings.judge.model, settings.judge.server))
    )
    if fetched or not path.is_file():
        return "", 0
    journal = Journal(path)
    try:
        identity = TeacherModels(settings, journal).identity
        keys = [request.key(identity) for each in requests for request in each]
        stored = {key for start in range(0, len(keys), _ROWS) for key in journal.find(keys[start : start + _ROWS])}
        return identity, sum(key in stored for key in keys)
    finally:
        journal.close()


def _judge_reads(rows: Sequence[Pair], settings: TeachSettings, response_mean: float) -> float:
    """Tokens of one question to the judge, with candidates as long as the teacher's usual replies."""
    reply = "x" * int(response_mean * 4)
    stand_ins = [Candidate("", number, reply, "stop", 0, 0, 0, 0) for number in range(settings.replies)]
    sample = rows[:: max(1, len(rows) // _MEASURED)]
    requests = [request for pair in sample for request in judge_requests("", pair.prompt, stand_ins, settings.judge)]
    return _mean([prompt_tokens(request.messages) for request in requests])


def _with_costs(
    row: Estimate, settings: TeachSettings, lengths: tuple[float, float, int], statistics: ModelStatistics, hour: float
) -> Estimate:
    """The row with tokens, hours and dollars. `lengths`: tokens read, usually written and at most written by a call."""
    calls = row.calls - row.from_journal
    prompt_total, response_total, most = (round(calls * length) for length in lengths)
    batched = settings.batch and row.part == "teacher"
    server = settings.server if row.part == "teacher" else settings.judge.server
    size = 0 if server.urls else local_bytes(row.model)
    price = price_of(row.model, server, settings.prices)
    if row.model.startswith((REPLAY, "dummy")) and not server.urls:
        hours, how = 0.0, "no time"
    elif size:
        hours, how = response_total / (_LOCAL_SPEED / size) / 3600, "hours by the model's size on two cores"
    elif batched:
        hours, how = 24.0 if calls else 0.0, "hours: a batch's limit"
    else:
        seconds, in_flight = (
            statistics.seconds or _SECONDS,
            min(_IN_FLIGHT * max(1, len(server.urls)), server.max_in_flight),
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
