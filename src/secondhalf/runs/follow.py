"""Whether a run may follow its recipe to what it says now: as long as nothing that was made of the old words has been used.

Documents and pairs are used when an arm is trained on them, a trained arm when its answers are scored, scores and probes when the
report is written; the primary figure, which is named before looking, when any score is there.
"""

from collections.abc import Collection, Iterator, Mapping

from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ARM
from secondhalf.runs.labels import SHAPES, Label

_TRAINED, _SCORED = {"train", "prefer"}, {"evaluate"}
# The first stage that a section decides; those of a data set have their own.
_FIRST = {"seed": "corpus", "evaluate": "temperature", "probes": "probe", "students": "compose", "arms": "compose"}
_FIRST_OF_DATA = {"teach": "pilot", "audit": "audit"}


def changed_fields(now: Recipe, before: Recipe) -> list[str]:
    """The fields that decide a run and differ, by their paths, such as data.taught.audit.min_words."""
    return list(_differences(now.deciding("run"), before.deciding("run"), ""))


def _differences(now: object, before: object, at: str) -> Iterator[str]:
    if isinstance(now, Mapping) and isinstance(before, Mapping):
        for key in [*now, *(key for key in before if key not in now)]:
            yield from _differences(now.get(key), before.get(key), f"{at}.{key}" if at else str(key))
    elif now != before:
        yield at


def first_stage(field: str) -> str:
    """The first stage, in the order of a run, that a field decides."""
    section, *below = field.split(".")
    if section == "data":
        return _FIRST_OF_DATA.get(below[1] if len(below) > 1 else "", "split")
    return _FIRST.get(section, section)


def is_from(label: Label, stage: str) -> bool:
    """Whether a stage comes at or after another in the order of a run."""
    order = list(SHAPES)
    return order.index(label.stage) >= order.index(stage)


def used_by(field: str, before: Recipe, finished: Collection[Label], *, reported: bool) -> str:
    """What was made of a field as it stood before, for people; "" where nothing was, so that the field may change.

    `finished`: the labels of the run's whole stages; `reported`: whether it has its report.
    """
    section, *below = field.split(".")
    if section == "probes" or (section == "evaluate" and below != ["primary"]):
        return "the report" if reported else ""
    if section == "evaluate":
        return _first(finished, _SCORED, set(before.arms))
    if section == "arms":
        arm = below[0]
        return _first(finished, _SCORED, {arm}) or _first(finished, _TRAINED, set(_made_of(arm, before)))
    if section == "students":
        arms = {name for name, arm in before.arms.items() if arm.student == below[0]}
        return _first(finished, _TRAINED | _SCORED, arms)
    sets = set(_from_documents(before)) if section != "data" else {below[0], *_controls(below[0], before)}
    return _first(finished, _TRAINED, {name for name in before.arms if sets & set(before.data_of(name))})


def _first(finished: Collection[Label], stages: set[str], arms: set[str]) -> str:
    return next((str(label) for label in finished if label.stage in stages and label.arm in arms), "")


def _made_of(arm: str, recipe: Recipe) -> Iterator[str]:
    """The arms whose training begins with another arm's, or is as long as its."""
    for name, other in recipe.arms.items():
        if arm in {other.adapter_from, other.equal_tokens, recipe.students[other.student].removeprefix(ARM)}:
            yield name


def _from_documents(recipe: Recipe) -> list[str]:
    return [name for name, data in recipe.data.items() if not data.baseline]


def _controls(data: str, recipe: Recipe) -> list[str]:
    return [name for name, other in recipe.data.items() if other.teach.like == data]
