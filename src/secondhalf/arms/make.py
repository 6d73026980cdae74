"""The arms' own stages: composed pairs, and adapters that are carried over."""

from typing import Any

from secondhalf.arms import compose as composing
from secondhalf.arms import transfer as transferring
from secondhalf.arms.tokens import supervised, tokenizer
from secondhalf.models.convert import student_folder
from secondhalf.models.reference import Model, resolve
from secondhalf.models.template import Template
from secondhalf.run import Run
from secondhalf.store import Stage


def pairs_of(run: Run, name: str, data: dict[str, Stage]) -> Stage:
    """What an arm is trained on: its data set's stage, or the pairs composed of its data sets.

    Composed pairs depend on the recipe's seed and not on the training seeds, which so differ in the training alone.
    """
    arm = run.recipe.arms[name]
    if not arm.composed:
        return data[next(iter(arm.data))]
    equal = pairs_of(run, arm.equal_tokens, data) if arm.equal_tokens else None
    inputs = {f"pairs {one}" if len(arm.data) > 1 else "pairs": data[one].key for one in arm.data}
    plain: dict[str, Any] = {"weights": list(arm.data.values()), "pairing": arm.pairing, "schedule": arm.schedule}
    counted = composing.counted(arm)
    if counted:
        student, template = resolve(run.recipe.students[arm.student]), Template.named(arm.train.template)
        inputs |= {"student": student.identity, **({"equal": equal.key} if equal else {})}
        plain |= {"template": template.text, **arm.train.model_dump(include={"max_length", "held_out"})}

    def work(stage: Stage) -> dict[str, Any]:
        words = tokenizer(student_folder(student.path, student.identity)) if counted else None

        def sizes(pairs: Any) -> list[tuple[str, int]]:
            return supervised(pairs, words, template, arm.train, f"compose {name}")

        limit = sum(tokens for _, tokens in sizes(equal.read())) if equal else None
        tables = {one: data[one].read() for one in arm.data}
        rows, rejects, verdicts = composing.compose(tables, arm, run.recipe.seed, sizes, limit, name)
        for kind, table in (("verdicts", verdicts), ("rejects", rejects), ("part", rows)):
            stage.write(kind, 0, table)
        return {"rows_in": rows.num_rows + rejects.num_rows, "rows": rows.num_rows, "rejected": rejects.num_rows}

    return run.make(f"compose:{name}", composing.VERSION, {**plain, "seed": run.recipe.seed}, inputs, work)


def transferred(run: Run, name: str, seed: int, source: Stage, student: Model) -> Stage:
    """The stage of an arm whose adapter is another's: it stands where a trained arm's stands."""
    taken = run.recipe.arms[name].adapter_from or ""
    base = resolve(run.recipe.students[run.recipe.arms[taken].student])
    inputs = {"adapter": source.key, "base": base.identity, "student": student.identity}

    def work(stage: Stage) -> dict[str, Any]:
        mine, theirs = (student_folder(model.path, model.identity) for model in (base, student))
        return transferring.transfer(source, mine, theirs, student, stage, (name, taken))

    return run.make(f"train:{name}:{seed}", transferring.VERSION, {"transferred": True}, inputs, work)
