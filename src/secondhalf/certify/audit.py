"""What the audit found, as a certificate has it: counts by check, instruction-like content, benchmarks in the pairs.

Nothing is estimated here: shares are those of the run's facts, and what nobody measured is "not measured".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.analysis.facts import InstructionShare
from secondhalf.certify.predicate import (
    NOT_MEASURED,
    AuditedPairs,
    BenchmarkInPairs,
    InstructionEstimate,
    InstructionsInPairs,
)
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.store import Stage

_EVERYDAY, _CONTAMINATION = "everyday", "contamination"


def audited_pairs(recipe: Recipe, stages: Mapping[Label, Stage]) -> list[AuditedPairs]:
    """The audit of each data set that the run has come to, in the recipe's order."""
    labels = (Label("audit", data=name) for name in recipe.data)
    return [_audited(label.data, stages[label]) for label in labels if label in stages]


def instructions_in_pairs(shares: Iterable[InstructionShare]) -> list[InstructionsInPairs]:
    """What the run's facts say of instruction-like content, by data set and language."""
    return [
        InstructionsInPairs(
            data=row.data, language=row.language, pairs=row.pairs, flagged=row.flagged, estimate=_estimate(row)
        )
        for row in shares
    ]


def _estimate(row: InstructionShare) -> InstructionEstimate | Literal["not measured"]:
    fields = {name: getattr(row, name) for name in InstructionEstimate.model_fields}
    return NOT_MEASURED if row.share is None else InstructionEstimate.model_validate(fields)


def benchmarks_in_pairs(recipe: Recipe, stages: Mapping[Label, Stage]) -> list[BenchmarkInPairs]:
    """Each data set's refusals for the everyday prompts, and what was counted of every other benchmark."""
    rows = [_everyday(name, stages[label]) for name in recipe.data if (label := Label("audit", data=name)) in stages]
    for label, stage in stages.items():
        if label.stage == "contamination":
            passed = [value for table in stage.tables() for value in table.column("passed").to_pylist()]
            row = BenchmarkInPairs(
                benchmark=label.benchmark,
                data=label.data,
                prompts=len(passed),
                prompts_met=passed.count(False),
                pairs_met=None,
                pairs_refused=None,
            )
            rows.append(row)
    return rows


def _everyday(name: str, audit: Stage) -> BenchmarkInPairs:
    """The audit looks for the everyday prompts itself."""
    holding = {id for table in audit.tables("verdicts") for id in _failing(table, _CONTAMINATION)}
    refused = sum(table.column("check").to_pylist().count(_CONTAMINATION) for table in audit.tables("rejects"))
    met = len(holding & _accepted(audit))
    return BenchmarkInPairs(
        benchmark=_EVERYDAY, data=name, prompts=None, prompts_met=None, pairs_met=met, pairs_refused=refused
    )


def _failing(verdicts: pa.Table, check: str) -> list[str]:
    """The ids of the rows that did not pass a check."""
    rows = verdicts.filter(pc.and_(pc.equal(verdicts.column("check"), check), pc.invert(verdicts.column("passed"))))
    ids: list[str] = rows.column("id").to_pylist()
    return ids


def _accepted(audit: Stage) -> set[str]:
    return {id for table in audit.tables() for id in table.column("id").to_pylist()}


def _audited(name: str, stage: Stage) -> AuditedPairs:
    accepted = stage.count()
    return AuditedPairs(
        data=name,
        pairs=accepted + stage.count("rejects"),
        accepted=accepted,
        failed=dict(sorted(_failed(stage).items())),
    )


def _failed(stage: Stage) -> Counter[str]:
    """Pairs that did not pass, by check."""
    counts: Counter[str] = Counter()
    for table in stage.tables("verdicts"):
        rows = table.filter(pc.invert(table.column("passed"))).select(["id", "check"])
        for row in rows.group_by("check").aggregate([("id", "count_distinct")]).to_pylist():
            counts[row["check"]] += row["id_count_distinct"]
    return counts
