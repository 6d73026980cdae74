"""From documents to pairs: what entered each stage, what came out, and every reason with examples."""

from typing import Any

from secondhalf.analysis.facts import Reason, Shift, Step
from secondhalf.analysis.rejects import examples, reasons
from secondhalf.clean.mix import MixShift
from secondhalf.store import Stage

STAGES = {"corpus": "documents", "clean": "documents"} | dict.fromkeys(("split", "teach", "audit", "compose"), "pairs")
_UNSAMPLED = {"repeated": "repeated", "not_sampled": "not in the sample"}


def step(label: str, stage: Stage) -> Step:
    name, _, data = label.partition(":")
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
    unit: Any = STAGES[name]
    if name == "clean":  # its second part, over the whole sample, is a step of its own and no data set's
        name, data = data or name, ""
    return Step(stage=name, data=data, unit=unit, rows_in=told["rows_in"], rows_out=told["rows"], rejects=rejects)


def shift(moved: MixShift) -> Shift:
    of_page = {name: getattr(moved, name) for name in Shift.model_fields}
    return Shift.model_validate(of_page)
