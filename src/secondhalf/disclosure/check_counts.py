"""What each check looked at, found and refused, and how much of each benchmark stands in the pairs."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.analysis.tables import RunTables
from secondhalf.runs import Label

_CHECKING = ("clean", "audit")
_MET = [("passed", "min"), ("reason", "max"), ("score", "max")]


@dataclass(frozen=True)
class CheckCount:
    """One check of one stage, by rows: documents of clean, pairs of audit. `looked` is 0 where its verdicts are not kept."""

    label: Label
    check: str
    looked: int
    findings: int
    """Rows on which it found something, refused for it or not; of personal data also what was masked."""
    refused: int
    """Rows that it was the first to refuse."""


@dataclass(frozen=True)
class BenchmarkOverlap:
    """How many of a benchmark's prompts stand in the pairs of a data set."""

    benchmark: str
    data: str
    prompts: int
    contaminated: int


def check_counts(tables: RunTables, data: list[str]) -> list[CheckCount]:
    """Every check of the documents and of these data sets' pairs, in the order of the stages and then of their names."""
    labels = [
        label
        for label, stage in tables.stages.items()
        if label.stage in _CHECKING and label.data in {"", *data} and stage.whole
    ]
    return [row for label in labels for row in _of_stage(tables, label)]


def overlaps(tables: RunTables, data: list[str]) -> list[BenchmarkOverlap]:
    """What was measured of these data sets and each benchmark; nothing where the run measured nothing."""
    labels = [
        label
        for label, stage in tables.stages.items()
        if label.stage == "contamination" and label.data in data and stage.whole
    ]
    rows = []
    for label in labels:
        verdicts = tables.rows(label)
        met = sum(not verdict["passed"] for verdict in verdicts)
        rows.append(BenchmarkOverlap(label.benchmark, label.data, len(verdicts), met))
    return rows


def _of_stage(tables: RunTables, label: Label) -> list[CheckCount]:
    looked: dict[str, set[str]] = {}
    flagged: dict[str, set[str]] = {}
    if tables.stages[label].has("verdicts", 0):
        verdicts: pa.Table = tables.table(label, "verdicts")
        for row in verdicts.group_by(["check", "id"]).aggregate(_MET).to_pylist():
            # A filter of many rules names the rule after a dot, one of many kinds the kind after a blank.
            check = row["check"].partition(".")[0].partition(" ")[0]
            looked.setdefault(check, set()).add(row["id"])
            # A verdict that passed has a reason where its check only looks.
            if not row["passed_min"] or row["reason_max"] or (check == "personal" and row["score_max"] > 0):
                flagged.setdefault(check, set()).add(row["id"])
    refused: dict[str, int] = {}
    if tables.stages[label].has("rejects", 0):
        for row in pc.value_counts(tables.table(label, "rejects").column("check")).to_pylist():
            check = row["values"].partition(".")[0].partition(" ")[0]
            refused[check] = refused.get(check, 0) + row["counts"]
    names = sorted(looked.keys() | refused.keys())
    return [
        CheckCount(label, name, len(looked.get(name, ())), len(flagged.get(name, ())), refused.get(name, 0))
        for name in names
    ]
