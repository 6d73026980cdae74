"""How much instruction-like content a data set's pairs hold in truth, and how much is left where what was found is refused."""

from collections.abc import Mapping

import pyarrow as pa

from secondhalf.analysis.facts import InstructionShare
from secondhalf.analysis.tables import RunTables
from secondhalf.audit.detector_rates import detector_counts
from secondhalf.runs import Label
from secondhalf.statistics.true_share import DetectorRates, true_share

CHECKS = ("instruction_prompt", "instruction_response")


def instruction_shares(tables: RunTables) -> list[InstructionShare]:
    """A row for each audited data set and language: languages whose detector nobody measured have no share."""
    rates = {language: DetectorRates(*counts) for language, counts in detector_counts().items()}
    return [
        share
        for name in tables.recipe.data
        if (label := Label("audit", data=name)) in tables
        for share in _of_data(name, _pairs(label, tables), flagged(tables, label), rates)
    ]


def flagged(tables: RunTables, label: Label) -> set[str]:
    """Ids of the pairs of an audit in which something was found, refused for it or not."""
    return {
        row["id"]
        for row in tables.rows(label, "verdicts")
        if row["check"] in CHECKS and (row["reason"] or not row["passed"])
    }


def _pairs(label: Label, tables: RunTables) -> dict[str, str]:
    """The language of every pair that was audited, refused ones too, by id."""
    parts = [tables.table(label, kind) for kind in ("part", "rejects") if tables.stages[label].has(kind, 0)]
    whole = pa.concat_tables([part.select(["id", "language"]) for part in parts])
    return dict(zip(whole.column("id").to_pylist(), whole.column("language").to_pylist(), strict=True))


def _of_data(
    name: str, pairs: Mapping[str, str], found: set[str], rates: Mapping[str, DetectorRates]
) -> list[InstructionShare]:
    rows = []
    for language in sorted(set(pairs.values())):
        ids = {id for id, one in pairs.items() if one == language}
        row = InstructionShare(data=name, language=language, pairs=len(ids), flagged=len(ids & found))
        if language in rates:
            known = rates[language]
            result = true_share(row.flagged, row.pairs, known)
            row = row.model_copy(
                update={
                    "recall": known.recall,
                    "specificity": known.specificity,
                    "share": result.share,
                    "low": result.low,
                    "high": result.high,
                    "left": result.left,
                    "left_low": result.left_low,
                    "left_high": result.left_high,
                    "fits": result.fits,
                }
            )
        rows.append(row)
    return rows
