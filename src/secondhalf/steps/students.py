"""The arms' own stages: composed pairs, adapters that are carried over, and students that are arms themselves."""

from collections.abc import Callable

import pyarrow as pa

from secondhalf.arms.compose import COMPOSE_VERSION, compose_pairs, needs_token_counts
from secondhalf.arms.scale import SCALE_VERSION, scale_adapter, scale_in_place
from secondhalf.arms.tokens import count_supervised_tokens
from secondhalf.arms.transfer import TRANSFER_VERSION, transfer_adapter
from secondhalf.models.reference import Model, resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.models.weights.merge import merge_adapter
from secondhalf.recipe.recipe import source_of
from secondhalf.runs import Label, OpenRun
from secondhalf.runs.trained import merged_student
from secondhalf.store import Stage


def student_of(run: OpenRun, student: str, trained: Callable[[str, int], Stage]) -> Model:
    """The model of a student; one that is an arm is trained by `trained` and merged first."""
    source = source_of(run.recipe, student)
    if source is None:
        return resolve(run.recipe.students[student])
    adapter, base = trained(*source), student_of(run, run.recipe.arms[source[0]].student, trained)
    if (adapter.path / "model").is_dir():  # trained whole: there is nothing to merge
        return Model(run.recipe.students[student], adapter.path / "model", adapter.key)

    def work(stage: Stage) -> dict[str, object]:
        merge_adapter(student_folder(base.path, base.identity), adapter.path / "adapter", stage.path / "model")
        return {"arm": source[0], "seed": source[1]}

    inputs = {"student": base.identity, "adapter": adapter.key}
    return merged_student(
        run.recipe, student, run.make(Label("merge", arm=source[0], seed=source[1]), (1,), {}, inputs, work)
    )


def pairs_of(run: OpenRun, name: str, data: dict[str, Stage], student: Callable[[str], Model]) -> Stage:
    """What an arm is trained on: its data set's stage, or the pairs composed of its data sets.

    Composed pairs depend on the recipe's seed and not on the training seeds, which so differ in the training alone.
    """
    arm = run.recipe.arms[name]
    if not arm.composed:
        return data[next(iter(arm.data))]
    equal = pairs_of(run, arm.equal_tokens, data, student) if arm.equal_tokens else None
    inputs = {f"pairs {one}" if len(arm.data) > 1 else "pairs": data[one].rows_identity for one in arm.data}
    settings: dict[str, object] = {"arm": arm, "weights": list(arm.data.values()), "seed": run.recipe.seed}
    counted = needs_token_counts(arm)
    if counted:
        model = student(arm.student)
        inputs |= {"student": model.identity, **({"equal": equal.rows_identity} if equal else {})}
        settings["train"] = arm.train

    def work(stage: Stage) -> dict[str, object]:
        words = load_tokenizer(student_folder(model.path, model.identity)) if counted else None

        def sizes(pairs: pa.Table) -> list[tuple[str, int]]:
            return count_supervised_tokens(pairs, words, arm.train, f"compose {name}")

        limit = sum(tokens for _, tokens in sizes(equal.read())) if equal else None
        tables = {one: data[one].read() for one in arm.data}
        rows, rejects, verdicts = compose_pairs(tables, arm, run.recipe.seed, sizes, limit, name)
        for kind, table in (("verdicts", verdicts), ("rejects", rejects), ("part", rows)):
            stage.write(kind, 0, table)
        return {"rows_in": rows.num_rows + rejects.num_rows, "rows": rows.num_rows, "rejected": rejects.num_rows}

    return run.make(Label("compose", arm=name), COMPOSE_VERSION, settings, inputs, work)


def transferred(run: OpenRun, name: str, seed: int, adapter: Stage, student: Callable[[str], Model]) -> Stage:
    """The stage of an arm whose adapter is another's: it stands where a trained arm's stands."""
    arm = run.recipe.arms[name]
    taken = arm.adapter_from or ""
    base, sibling = student(run.recipe.arms[taken].student), student(arm.student)
    inputs = {"adapter": adapter.key, "base": base.identity, "student": sibling.identity}

    def work(stage: Stage) -> dict[str, object]:
        if base == sibling:
            return scale_adapter(adapter, arm.scale, stage)
        folders = [student_folder(model.path, model.identity) for model in (base, sibling)]
        counts = transfer_adapter(adapter, folders[0], folders[1], sibling, stage, (name, taken))
        return counts if arm.scale == 1 else counts | {"scale": scale_in_place(stage, arm.scale)}

    settings = {"transferred": True} | ({} if arm.scale == 1 else {"scale": arm.scale, "version": SCALE_VERSION})
    return run.make(Label("train", arm=name, seed=seed), TRANSFER_VERSION, settings, inputs, work)
