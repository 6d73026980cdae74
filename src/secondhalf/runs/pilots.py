"""How the pilots of a run rank its teachers."""

from collections.abc import Mapping, Sequence
from typing import Any

from secondhalf.recipe import Recipe
from secondhalf.runs.labels import Label
from secondhalf.store import Stage
from secondhalf.teach.ranking import TeacherFit, rank_teachers


def pilots_of(stages: Mapping[Label, Stage]) -> dict[str, Stage]:
    """The pilots among a run's stages, by data set."""
    return {label.data: stage for label, stage in stages.items() if label.stage == "pilot" and stage.whole}


def pilot_rankings(recipe: Recipe, pilots: Mapping[str, Stage]) -> list[list[TeacherFit]]:
    """The teachers of each split, the best fit first. `pilots`: the stage of each data set's pilot, by data set."""
    by_split: dict[str, dict[tuple[str, str], tuple[str, Sequence[Mapping[str, Any]]]]] = {}
    for data, stage in pilots.items():
        rows = stage.read().to_pylist()
        for teacher, settings in recipe.data[data].teach.by_teacher().items():
            own = [row for row in rows if row["teacher"] == teacher]
            by_split.setdefault(stage.manifest["inputs"]["pairs"], {})[data, teacher] = settings.model, own
    return [rank_teachers(group) for group in by_split.values()]
