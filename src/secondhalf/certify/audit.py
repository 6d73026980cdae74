"""What the audit's verdicts say, as a certificate has it: counts by check, shares with intervals, benchmarks in the pairs.

Nothing is estimated here: what no stage measured is "not measured".
"""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.certify.predicate import NOT_MEASURED, AuditedPairs, BenchmarkInPairs, ShareOfPairs
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.statistics.selection import wilson
from secondhalf.store import Stage

_INSTRUCTION = "instruction_"
_EVERYDAY, _CONTAMINATION = "everyday", "contamination"


def audited_pairs(recipe: Recipe, stages: Mapping[Label, Stage]) -> list[AuditedPairs]:
    """The audit of each data set that the run has come to, in the recipe's order."""
    labels = (Label("audit", data=name) for name in recipe.data)
    return [_audited(label.data, stages[label]) for label in labels if label in stages]


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
        instruction_seen=_instruction_seen(stage),
        instruction_share=NOT_MEASURED,
        quality=NOT_MEASURED,
    )


def _failed(stage: Stage) -> Counter[str]:
    """Pairs that did not pass, by check."""
    counts: Counter[str] = Counter()
    for table in stage.tables("verdicts"):
        rows = table.filter(pc.invert(table.column("passed"))).select(["id", "check"])
        for row in rows.group_by("check").aggregate([("id", "count_distinct")]).to_pylist():
            counts[row["check"]] += row["id_count_distinct"]
    return counts


def _instruction_seen(stage: Stage) -> ShareOfPairs | Literal["not measured"]:
    """Accepted pairs of which a verdict on instructions has a score: it has one also where the recipe lets them pass."""
    accepted = _accepted(stage)
    seen: set[str] = set()
    looked = False
    for table in stage.tables("verdicts"):
        rows = table.filter(pc.starts_with(table.column("check"), _INSTRUCTION))
        looked = looked or rows.num_rows > 0
        seen.update(rows.filter(pc.greater(rows.column("score"), pa.scalar(0.0))).column("id").to_pylist())
    if not looked or not accepted:
        return NOT_MEASURED
    low, high = wilson(len(seen & accepted), len(accepted))
    return ShareOfPairs(share=len(seen & accepted) / len(accepted), low=low, high=high, pairs=len(accepted))
