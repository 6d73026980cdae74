"""The stage of an arm that is trained on preferences after its fine-tuning: its own data set's, or those of people."""

from collections import Counter

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.reference import Model
from secondhalf.runs import Label, OpenRun
from secondhalf.steps.evaluated import evaluation_index
from secondhalf.store import Stage
from secondhalf.train.prefer.people import PEOPLE_VERSION, audit_people, load_people, people_identity
from secondhalf.train.prefer.settings import PeopleSettings, PreferSettings
from secondhalf.train.prefer.stage import PREFER_VERSION, prefer_arm


def preferred(run: OpenRun, name: str, seed: int, data: dict[str, Stage], tuned: Stage, student: Model) -> Stage:
    """The stage of an arm that was fine-tuned as `tuned` and is then trained on preferences."""
    arm = run.recipe.arms[name]
    assert arm.prefer is not None
    if arm.prefer.people:
        return _preferred_by_people(run, name, seed, arm.prefer, arm.prefer.people, tuned, student)
    settings, pairs = arm.prefer, data[next(iter(arm.data))]
    label = Label("prefer", arm=name, seed=seed)

    def work(stage: Stage) -> dict[str, object]:
        start = tuned.path / "adapter"
        return prefer_arm(pairs.read(), student, start, settings, arm.train, seed, stage, label.title)

    inputs = {"pairs": pairs.rows_identity, "adapter": tuned.key, "student": student.identity}
    deciding = {"prefer": settings, "train": arm.train, "seed": seed}
    return run.make(label, PREFER_VERSION, deciding, inputs, work)


def _preferred_by_people(
    run: OpenRun, name: str, seed: int, settings: PreferSettings, people: PeopleSettings, tuned: Stage, student: Model
) -> Stage:
    """The same of what people preferred, which is audited first."""
    arm, pairs, index = run.recipe.arms[name], load_people(people, name), evaluation_index(run.recipe.evaluate)
    label = Label("prefer", arm=name, seed=seed)

    def work(stage: Stage) -> dict[str, object]:
        accepted, refused, verdicts = audit_people(pairs, index, people)
        if not accepted.num_rows:
            raise UserError(_none_left(name, refused))
        stage.write("verdicts", 1, verdicts)
        stage.write("rejects", 1, refused)
        counts = prefer_arm(accepted, student, tuned.path / "adapter", settings, arm.train, seed, stage, label.title)
        return {**counts, "rows_in": len(pairs), "rejected": counts["rejected"] + refused.num_rows}

    inputs = {
        "preferences": people_identity(pairs),
        "evaluated": index.identity,
        "adapter": tuned.key,
        "student": student.identity,
    }
    deciding = {"prefer": settings, "train": arm.train, "seed": seed}
    return run.make(label, (*PREFER_VERSION, *PEOPLE_VERSION), deciding, inputs, work)


def _none_left(name: str, refused: pa.Table) -> str:
    counts = Counter(str(reason).partition(":")[0] for reason in refused.column("reason").to_pylist())
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.most_common())
    instructions = any("instruction-like" in reason for reason in counts)
    more = f" arms.{name}.prefer.people.refuse_instructions: false trains on requests too." if instructions else ""
    return f"prefer {name}: none of {refused.num_rows} preferences of people can be trained on ({reasons}).{more}"
