"""What a trial is measured by: the figures of its answers, what its probes say, and what the model cost."""

import json
from collections.abc import Sequence

from secondhalf import statistics
from secondhalf.analysis.figures import LOWER_IS_BETTER, unit_of
from secondhalf.analysis.overfitting import limits_of, of_arm
from secondhalf.analysis.spending import spending
from secondhalf.analysis.tables import RunTables
from secondhalf.evaluate.invariance import MOVES_WITH
from secondhalf.recipe import Recipe
from secondhalf.recipe.report import LimitSettings
from secondhalf.rows import digest
from secondhalf.runs import Label, OpenRun
from secondhalf.search.limits import Measure
from secondhalf.store import Stage
from secondhalf.train.log import read_log

ANSWERED = ("minimal_pairs", *MOVES_WITH)
"""The everyday prompts' figures: one value a prompt, or a minimal pair."""
PROBES = tuple(limits_of(LimitSettings()))
"""gap, leak_reply, leak_original, forgotten_corpus, forgotten_en, forgotten_ja: see `analysis/overfitting.py`."""
FORGETTING = "forgetting"
"""The largest of the rises in loss on the three kinds of plain text, in nats a token; so are its interval's ends."""
COST = "cost"
"""What making the model once took, documents and pairs included: in US dollars where `report.hourly_price` is set, else in
seconds of the machine. What trials share counts for each of them."""
PROBED = {*PROBES, FORGETTING}
"""What only a probe measures."""
_DOCUMENTS_TO_PAIRS = {"corpus", "clean", "deduplicate", "split", "pilot", "teach", "audit", "compose"}
_TRAINING = {"merge", "train", "prefer"}

Scores = list[dict[str, float]]
"""A figure's values by prompt, one table a training seed."""


def less_is_better(figure: str) -> bool:
    """Whether less of a figure is better."""
    return figure in LOWER_IS_BETTER or figure in PROBED or figure == COST


def scores_of(stages: Sequence[Stage], figure: str) -> Scores:
    """A figure's values in evaluate stages, one a training seed; empty tables where there is no such figure."""
    return [
        {row["id"]: row["value"] for row in stage.read().to_pylist() if row["figure"] == figure} for stage in stages
    ]


def figures_of(stages: Sequence[Stage]) -> dict[str, Measure]:
    """Every figure of evaluate stages that two prompts at least have under every seed."""
    tables = []
    for stage in stages:
        table: dict[str, dict[str, float]] = {}
        for row in stage.read().to_pylist():
            table.setdefault(row["figure"], {})[row["id"]] = row["value"]
        tables.append(table)
    measures = {}
    for figure in tables[0]:
        ids = sorted(set.intersection(*(set(table.get(figure, {})) for table in tables)))
        if len(ids) > 1:
            values = [[table[figure][id] for id in ids] for table in tables]
            interval = statistics.estimate(values, share=unit_of(figure) == "share")
            measures[figure] = Measure(interval.mean, interval.low, interval.high)
    return measures


def probes_of(run: OpenRun, arm: str, seeds: Sequence[int]) -> dict[str, Measure]:
    """What the probes of these training seeds say, each against the untouched student or held-out pairs."""
    tables = RunTables(run)
    after = [tables.scores_of(Label("probe", arm=arm, seed=seed)) for seed in seeds]
    rows = of_arm(arm, tables.scores_of(Label("probe", arm=arm)), after, run.recipe.report.limits)
    measures = {row.figure: Measure(row.difference, row.low, row.high) for row in rows}
    rises = [measure for figure, measure in measures.items() if figure.startswith("forgotten_")]
    if rises:
        largest = [max(getattr(rise, end) for rise in rises) for end in ("mean", "low", "high")]
        measures[FORGETTING] = Measure(*largest)
    return measures


def cost_of(run: OpenRun, arm: str) -> Measure:
    """What making the arm's model once took, over the training seeds their mean."""
    tables, names = RunTables(run), set(run.recipe.data_of(arm))
    seconds = dollars = 0.0
    for label in tables.stages:
        trained = label.stage in _TRAINING
        if not trained and (label.stage not in _DOCUMENTS_TO_PAIRS or (label.data and label.data not in names)):
            continue
        share = 1 / sum(one.stage == label.stage and one.arm == label.arm for one in tables.stages) if trained else 1.0
        spent = spending(tables.manifest(label))
        seconds += share * spent.seconds
        dollars += share * (spent.dollars or 0.0)
    value = seconds / 3600 * run.recipe.report.hour_in_dollars + dollars if in_dollars(run.recipe) else seconds
    return Measure(value, value, value)


def in_dollars(recipe: Recipe) -> bool:
    """Whether `cost` is counted in US dollars."""
    return recipe.report.hour_in_dollars > 0


def held_out_loss(trained: Stage) -> float | None:
    """The held-out loss of the weights that were kept, in nats a token; None where none was measured."""
    if not (trained.path / "log.jsonl").is_file():
        return None
    rows = read_log(trained)
    best = trained.manifest.get("best_step", rows[-1]["step"])
    return next((row["held_out"] for row in rows if row["step"] == best), None)


def held_out_pairs(trained: Stage) -> str:
    """The hash of what `held_out_loss` was measured on: the pairs, the student, the template and the share that is held out."""
    manifest = trained.manifest
    train = manifest["settings"].get("train", {})
    known = {name: train.get(name) for name in ("template", "held_out", "max_length")}
    return digest(json.dumps([manifest["inputs"], known], sort_keys=True), size=16)
