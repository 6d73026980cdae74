"""What an arm of a run was made into: the one place that knows where it stands in the store."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.reference import Model, resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.recipe import Recipe, load
from secondhalf.recipe.arms import ArmSettings
from secondhalf.recipe.recipe import source_of
from secondhalf.runs.run import read_links
from secondhalf.store import Stage, Store


@dataclass(frozen=True)
class Made:
    """A trained arm under one seed. `base` is the student's folder; one of `adapter` and `model` is None."""

    folder: Path
    """The run's folder."""
    recipe: Recipe
    name: str
    arm: ArmSettings
    seed: int
    student: Model
    base: Path
    adapter: Path | None
    model: Path | None
    manifest: dict[str, Any]

    @property
    def template(self) -> Template:
        """The template it was trained under."""
        return self.arm.train.template

    @property
    def label(self) -> str:
        """A name for files: run, arm, and the seed where there are several."""
        several = len(self.arm.train.seeds) > 1
        return f"{self.recipe.name}-{self.name}" + (f"-{self.seed}" if several else "")


def made(folder: Path, store: Store, arm: str, seed: int | None) -> Made:
    """The arm as it was trained. Raises UserError when the run has no such arm, or it is not trained under that seed."""
    recipe = load(folder / "recipe.yaml")
    if arm not in recipe.arms:
        raise UserError(f"The run {folder.name} has no arm {arm}; it has {', '.join(recipe.arms)}.")
    chosen, links = recipe.arms[arm], read_links(folder)
    seed = chosen.train.seeds[0] if seed is None else seed
    link = links.get(f"{'prefer' if chosen.prefer else 'train'}:{arm}:{seed}")
    if link is None:
        trained = [label.split(":") for label in links if label.startswith(("train:", "prefer:"))]
        ready = [row for row in trained if row[0] == ("prefer" if recipe.arms[row[1]].prefer else "train")]
        there = ", ".join(f"--arm {name} --seed {number}" for _, name, number in ready) or "none yet"
        raise UserError(f"{folder.name} has no trained arm {arm} under the seed {seed}; there are: {there}.")
    stage = Stage(store.root / link["stage"])
    if not stage.whole:
        raise UserError(
            f"{stage.path} is not in the store or not whole: run `secondhalf train` again, or name --store."
        )
    adapter, model = (stage.path / name for name in ("adapter", "model"))
    if not adapter.is_dir() and not model.is_dir():
        raise UserError(f"{stage.path} holds neither adapter/ nor model/: remove that folder and train again.")
    student = find_student(recipe, chosen.student, folder, store)
    return Made(
        folder=folder,
        recipe=recipe,
        name=arm,
        arm=chosen,
        seed=seed,
        student=student,
        base=student_folder(student.path, student.identity),
        adapter=adapter if adapter.is_dir() else None,
        model=None if adapter.is_dir() else model,
        manifest=stage.manifest,
    )


def find_student(recipe: Recipe, student: str, folder: Path, store: Store) -> Model:
    """The model of a student of a finished run. Raises UserError when it is an arm that is not trained yet."""
    source, links = source_of(recipe, student), read_links(folder)
    if source is None:
        return resolve(recipe.students[student])
    whole = Stage(store.root / links.get(f"train:{source[0]}:{source[1]}", {}).get("stage", ""))
    if (whole.path / "model").is_dir():
        return Model(recipe.students[student], whole.path / "model", whole.key)
    link = links.get(f"merge:{student}")
    if link is None:
        raise UserError(f"students.{student} is an arm that is not trained yet: `secondhalf train RECIPE` first.")
    return merged_student(recipe, student, Stage(store.root / link["stage"]))


def merged_student(recipe: Recipe, student: str, stage: Stage) -> Model:
    """The model of a student that is an arm: what the stage of its merge holds."""
    return Model(recipe.students[student], stage.path / "model", stage.key)
