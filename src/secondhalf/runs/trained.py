"""What an arm of a run was made into: the one place that knows where it stands in the store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.reference import Model, resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ArmSettings
from secondhalf.recipe.recipe import source_of
from secondhalf.runs.labels import Label
from secondhalf.runs.run import Run
from secondhalf.store import Stage
from secondhalf.text.nearest import hint


@dataclass(frozen=True)
class TrainedArm:
    """A trained arm under one seed. `base` is the student's folder; one of `adapter` and `model` is None."""

    run: Run
    name: str
    arm: ArmSettings
    seed: int
    student: Model
    base: Path
    adapter: Path | None
    model: Path | None
    manifest: dict[str, Any]

    @property
    def recipe(self) -> Recipe:
        """The run's recipe."""
        return self.run.recipe

    @property
    def template(self) -> Template:
        """The template it was trained under."""
        return self.arm.train.template

    @property
    def stage(self) -> str:
        """STAGE/KEY of what was trained."""
        return f"{self.manifest['stage']}/{self.manifest['key']}"

    @property
    def label(self) -> str:
        """A name for files: run, arm, and the seed where there are several."""
        several = len(self.arm.train.seeds) > 1
        return f"{self.run.recipe.name}-{self.name}" + (f"-{self.seed}" if several else "")


def trained_arm(run: Run, arm: str, seed: int | None = None) -> TrainedArm:
    """The arm as it was trained, under its first seed unless another is named.

    Raises UserError when the run has no such arm, it is not trained under that seed, or what was trained is damaged.
    """
    chosen, stages = arm_settings(run, arm), run.stages()
    seed = chosen.train.seeds[0] if seed is None else seed
    stage = stages.get(trained_label(run, arm, seed))
    if stage is None:
        trained = [label for label in stages if label.arm and label == trained_label(run, label.arm, label.seed)]
        choices = ", ".join(f"--arm {label.arm} --seed {label.seed}" for label in trained) or "none yet"
        raise UserError(f"{run.folder.name} has no trained arm {arm} under the seed {seed}; there are: {choices}.")
    if not stage.whole:
        raise UserError(
            f"{stage.path} is not in the store or not whole: run `secondhalf train` again, or name --store."
        )
    stage.check()
    adapter, model = (stage.path / name for name in ("adapter", "model"))
    if not adapter.is_dir() and not model.is_dir():
        raise UserError(f"{stage.path} holds neither adapter/ nor model/: remove that folder and train again.")
    student = find_student(run, chosen.student)
    return TrainedArm(
        run=run,
        name=arm,
        arm=chosen,
        seed=seed,
        student=student,
        base=student_folder(student.path, student.identity),
        adapter=adapter if adapter.is_dir() else None,
        model=None if adapter.is_dir() else model,
        manifest=stage.manifest,
    )


def arm_settings(run: Run, arm: str) -> ArmSettings:
    """An arm's settings. Raises UserError when the run has no such arm."""
    if arm not in run.recipe.arms:
        raise UserError(f"The run {run.folder.name} has no arm {arm}{hint(arm, run.recipe.arms)}")
    return run.recipe.arms[arm]


def find_student(run: Run, student: str) -> Model:
    """The model of a student of a finished run. Raises UserError when it is an arm that is not trained yet."""
    recipe, source, stages = run.recipe, source_of(run.recipe, student), run.stages()
    if source is None:
        return resolve(recipe.students[student])
    arm, seed = source
    trained = stages.get(Label("train", arm=arm, seed=seed))
    if trained and (trained.path / "model").is_dir():
        trained.check()
        return Model(recipe.students[student], trained.path / "model", trained.key)
    # Until 0.1.0 a merge stood under the student's name.
    stage = stages.get(Label("merge", arm=arm, seed=seed)) or stages.get(Label("merge", arm=student))
    if stage is None:
        raise UserError(f"students.{student} is an arm that is not trained yet: `secondhalf train RECIPE` first.")
    stage.check()
    return merged_student(recipe, student, stage)


def merged_student(recipe: Recipe, student: str, stage: Stage) -> Model:
    """The model of a student that is an arm: what the stage of its merge holds."""
    return Model(recipe.students[student], stage.path / "model", stage.key)


def trained_label(run: Run, arm: str, seed: int | None) -> Label:
    """The stage that an arm's weights stand in: its preference training's where it has one."""
    return Label("prefer" if run.recipe.arms[arm].prefer else "train", arm=arm, seed=seed)
