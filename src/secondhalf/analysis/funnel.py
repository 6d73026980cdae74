"""From documents to pairs: what entered each stage, what came out, and every reason with examples."""

from typing import Literal

from secondhalf.analysis.facts import Reason, Shift, Step
from secondhalf.analysis.rejects import examples, reasons
from secondhalf.clean import mix as mixing
from secondhalf.runs import Label
from secondhalf.store import Stage

STAGES: dict[str, Literal["documents", "pairs"]] = {
    **dict.fromkeys(("corpus", "clean", "deduplicate"), "documents"),
    **dict.fromkeys(("split", "teach", "audit", "compose"), "pairs"),
}
_UNSAMPLED = {"repeated": "repeated", "not_sampled": "not in the sample"}


def step(label: Label, stage: Stage) -> Step:
    told = stage.manifest
    rejects = []
    if told.get("rejected"):
        counted = reasons(stage)
        shown = examples(stage, {one for _, _, ids in counted for one in ids}, 400)
        for reason, count, ids in counted:
            some = [shown[one].text for one in ids]
            rejects.append(Reason(check=shown[ids[0]].check, reason=reason, count=count, examples=some))
    for field, reason in _UNSAMPLED.items():
        if told.get(field):
            rejects.append(Reason(check="sample", reason=reason, count=told[field]))
    # Composed pairs are an arm's, all others a data set's.
    return Step(
        stage=label.stage,
        data=label.data or label.arm,
        unit=STAGES[label.stage],
        rows_in=told["rows_in"],
        rows_out=told["rows"],
        rejects=rejects,
    )


def shift(moved: mixing.Shift) -> Shift:
    of_page = {name: getattr(moved, name) for name in Shift.model_fields}
    return Shift.model_validate(of_page)
