"""`doctor --nodes N`: what a recipe takes on a cluster, on paper. What the figures are counted with: scale.py."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from secondhalf.commands.doctor.finding import Finding
from secondhalf.commands.doctor.scale import (
    DOCUMENTS_PER_PAIR,
    Capacity,
    StageHours,
    Workload,
    capacities,
    first_full,
    stage_hours,
)
from secondhalf.commands.doctor.teaching import DrawnSample
from secondhalf.commands.doctor.training import Training
from secondhalf.recipe import Recipe
from secondhalf.store.workers import cores
from secondhalf.teach.forecast import Estimate
from secondhalf.text.table import format_table

_REPLY_BYTES = 4.0  # of a token; a reply stands in the journal and in two tables
_JOURNAL_BYTES = 400.0  # of a reply's row around its text


@dataclass(frozen=True)
class ClusterRequest:
    """The command line: how many nodes, of how many cores (None: as many as here), for how many pairs (None: the recipe's)."""

    nodes: int
    cores: int | None
    pairs: int | None


@dataclass(frozen=True)
class ClusterForecast:
    """What a recipe takes on so many nodes. Money: in the report's currency for machines, in US dollars for model calls."""

    nodes: int
    cores: int
    work: Workload
    stages: list[StageHours]
    hours: float
    """Of the stages that the nodes share."""
    teach_hours: float
    teach_how: str
    train_hours: float
    """Of the recipe's own method, on one machine."""
    capacities: list[Capacity]
    first_full: Capacity
    full_at: float
    """Pairs."""
    machine_money: float | None
    call_dollars: float | None
    assumed: bool
    """Whether documents are taken to be as in docs/scale.md, since the recipe's own could not be looked at."""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def forecast_cluster(
    recipe: Recipe,
    store: Path,
    request: ClusterRequest,
    estimates: list[Estimate],
    training: list[Training],
    drawn: DrawnSample | None,
) -> tuple[ClusterForecast | None, list[Finding]]:
    """The forecast; or what is missing for one."""
    taught = [row for row in estimates if row.part.startswith("teacher")]
    own = float(sum(row.pairs for row in taught))
    if not request.pairs and not own:
        return None, [
            Finding("cluster", "how many pairs the recipe comes to is not known here: say it with --pairs N", False)
        ]
    pairs = float(request.pairs or own)
    factor = pairs / own if own else 1.0
    work = _workload(recipe, pairs, factor, taught, drawn)
    disk = None
    if drawn:
        replies = factor * sum(row.response_tokens for row in estimates) * _REPLY_BYTES
        tables = drawn.stored_bytes + 2 * len(recipe.data) * drawn.halves_bytes
        disk = work.sampled * tables + 3 * replies + work.pairs * _JOURNAL_BYTES
    parts = capacities(work, float(psutil.virtual_memory().total), disk, _free(store))
    full, stages = first_full(parts), stage_hours(work)
    count = request.cores or cores()
    hours = sum(stage.core_hours for stage in stages) / (request.nodes * count)
    teach = factor * sum(row.hours for row in estimates)
    train = factor * sum(row.hours for row in training if row.method == recipe.arms[row.arm].train.method)
    price = recipe.report.hourly_price
    known = [row.dollars for row in estimates]
    calls = factor * sum(row or 0.0 for row in known) - teach * recipe.report.hour_in_dollars
    forecast = ClusterForecast(
        request.nodes,
        count,
        work,
        stages,
        hours,
        teach,
        "; ".join(dict.fromkeys(row.how for row in taught)),
        train,
        parts,
        full,
        work.pairs / full.share,
        None if price is None else price * (request.nodes * hours + teach + train),
        None if None in known or not known else max(calls, 0.0),
        drawn is None,
    )
    return forecast, []


def _workload(
    recipe: Recipe, pairs: float, factor: float, taught: list[Estimate], drawn: DrawnSample | None
) -> Workload:
    if drawn is None:
        return Workload.of_pairs(pairs)
    calls = sum(row.calls - row.from_journal for row in taught)
    tokens = sum(row.prompt_tokens + row.response_tokens for row in taught)
    mirrored = sum(not data.baseline for data in recipe.data.values()) / max(
        1, sum(data.taught for data in recipe.data.values())
    )
    sampled = drawn.sampled * factor
    base = Workload(pairs, sampled, max(float(drawn.read), sampled), drawn.document_bytes, data_sets=mirrored)
    return base if not calls else Workload(pairs, sampled, base.read, base.document_bytes, tokens / calls, mirrored)


def _free(store: Path) -> float:
    place = next(each for each in (store.resolve(), *store.resolve().parents) if each.is_dir())
    return float(shutil.disk_usage(place).free)


def cluster_text(forecast: ClusterForecast, currency: str, say: Callable[[str], str] = str) -> str:
    """The forecast for people. `say`: in the user's language."""
    nodes, count, work = forecast.nodes, forecast.cores, forecast.work
    head = [say(name) for name in ("stage", "rows", "core hours", "hours", "measured by")]
    rows = [
        [
            say(row.stage), f"{row.rows:,.0f}", f"{row.core_hours:,.1f}", f"{row.core_hours / (nodes * count):,.2f}",
            row.measured_by,
        ]
        for row in forecast.stages
    ]  # fmt: skip
    table = format_table(rows, head)
    full = forecast.first_full
    lines = [
        f"On {nodes} nodes of {count} cores, {work.pairs:,.0f} pairs:",
        table,
        f"{forecast.hours:,.1f} hours on the nodes, as long as the machine of the run keeps up; "
        f"{forecast.teach_hours:,.1f} to teach, {forecast.train_hours:,.1f} to train, whatever the number of nodes (rough).",
        f"{work.sampled:,.0f} documents in the sample of {work.read:,.0f} read, {work.text_bytes / 1e9:,.1f} GB of text; "
        f"{work.tokens / 1e6:,.1f} million tokens of pairs; {work.parts:,.0f} files a stage.",
        *(
            f"{part.part}: {part.need / 1e9:,.1f} of {part.have / 1e9:,.1f} GB on this machine"
            for part in forecast.capacities
        ),
        f"First full: {full.part}, at about {forecast.full_at:,.0f} pairs.",
        _money(forecast, currency),
    ]
    if forecast.assumed:
        lines.append(
            f"The recipe's documents could not be looked at: {DOCUMENTS_PER_PAIR:g} documents of 540 words to a pair are "
            "assumed; teaching, training and disk are not counted."
        )
    return "\n".join(line if line is table else say(line) for line in lines)


def _money(forecast: ClusterForecast, currency: str) -> str:
    machines = (
        "unknown: set report.hourly_price"
        if forecast.machine_money is None
        else f"{forecast.machine_money:,.2f} {currency}"
    )
    calls = "unknown" if forecast.call_dollars is None else f"{forecast.call_dollars:,.2f} USD"
    return f"Money: machines {machines}; model calls {calls}."
