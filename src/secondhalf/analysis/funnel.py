"""From documents to pairs: what entered each stage, what came out, and every reason with examples."""

from typing import Literal

from secondhalf.analysis.facts import FunnelStep, Reason, ShareShift
from secondhalf.analysis.rejects import examples, reasons
from secondhalf.analysis.tables import RunTables
from secondhalf.clean.mix import MixShift
from secondhalf.runs import Label

FUNNEL: dict[str, Literal["documents", "pairs"]] = {
    **dict.fromkeys(("corpus", "clean", "deduplicate"), "documents"),
    **dict.fromkeys(("split", "teach", "audit", "compose"), "pairs"),
}
UNSAMPLED = {"repeated": "repeated", "not_sampled": "not in the sample"}


def step(label: Label, tables: RunTables) -> FunnelStep:
    """One stage: rows in, rows out, and every reason with examples."""
    stage, counts = tables.stages[label], tables.manifest(label)
    rejects = []
    if counts.get("rejected"):
        counted = reasons(stage)
        shown = examples(stage, {one for _, _, ids in counted for one in ids}, 400)
        for reason, count, ids in counted:
            texts = [shown[one].text for one in ids]
            rejects.append(Reason(check=shown[ids[0]].check, reason=reason, count=count, examples=texts))
    for field, reason in UNSAMPLED.items():
        if counts.get(field):
            rejects.append(Reason(check="sample", reason=reason, count=counts[field]))
    # Composed pairs are an arm's, all others a data set's.
    return FunnelStep(
        stage=label.stage,
        data=label.data or label.arm,
        unit=FUNNEL[label.stage],
        rows_in=counts["rows_in"],
        rows_out=counts["rows"],
        rejects=rejects,
    )


def shift(moved: MixShift) -> ShareShift:
    """A category whose share cleaning changed, as the page has it."""
    of_page = {name: getattr(moved, name) for name in ShareShift.model_fields}
    return ShareShift.model_validate(of_page)
