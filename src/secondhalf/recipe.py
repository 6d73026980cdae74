"""One YAML file, one recipe: the stages' settings put together, with data sets, arms and overrides.

`split`, `teach`, `audit` and `train` at the top are what every data set and arm starts from; what a data set or an arm
says itself is laid over them. The resolved recipe has every default written out.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from secondhalf.audit.stage import AuditSettings
from secondhalf.clean.stage import CleanSettings
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.pilot import PilotSettings
from secondhalf.probe.settings import ProbeSettings
from secondhalf.recipe_file import explain, read_yaml, set_value
from secondhalf.report.settings import ReportSettings
from secondhalf.settings import Settings
from secondhalf.split.settings import SplitSettings
from secondhalf.teach.settings import TeachSettings
from secondhalf.train.settings import TrainSettings

NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")


class DataSettings(Settings):
    """One data set: the same documents, split, taught and audited its own way."""

    split: SplitSettings = SplitSettings()
    """Where documents are cut in two."""

    teach: TeachSettings = TeachSettings()
    """Who writes the second half."""

    audit: AuditSettings = AuditSettings()
    """Which pairs are trained on."""


class ArmSettings(Settings):
    """One model to compare: a student, and what it is trained on."""

    student: str
    """A name under `students`."""

    data: dict[str, float] = {}
    """The data set it is trained on, with the weight 1. Empty: the student stays untouched."""

    compare_to: list[str] = []
    """Arms to compare this one with. Empty: the untouched arm of the same student."""

    train: TrainSettings = TrainSettings()
    """How it is trained: what is said here is laid over the recipe's `train`."""


class Recipe(Settings):
    """Everything that decides a run."""

    name: str = "my-run"
    """The run's name: its folder is runs/NAME."""

    seed: int = 1
    """Seed of the sample. Training seeds are train.seeds, the teacher's is teach.sampling.seed."""

    corpus: CorpusSettings = CorpusSettings()
    """The documents."""

    clean: CleanSettings = CleanSettings()
    """Which documents are worth teaching."""

    split: SplitSettings = SplitSettings()
    """The start of every data set's split."""

    teach: TeachSettings = TeachSettings()
    """The start of every data set's teach."""

    audit: AuditSettings = AuditSettings()
    """The start of every data set's audit."""

    pilot: PilotSettings = PilotSettings()
    """The first pairs go through teach and audit before the rest is paid for."""

    data: dict[str, DataSettings] = {}
    """The data sets, by name."""

    students: dict[str, str] = {}
    """The base models, by name: package:NAME/FILE, hf:ORG/NAME@REVISION or a path; any may end in #sha256=HEX."""

    train: TrainSettings = TrainSettings()
    """The start of every arm's training."""

    arms: dict[str, ArmSettings] = {}
    """The models to compare, by name."""

    evaluate: EvaluateSettings = EvaluateSettings()
    """What the arms are asked, and the primary figure, named before looking."""

    probes: ProbeSettings = ProbeSettings()
    """What the arms remember word for word of their pairs, and what they have forgotten."""

    report: ReportSettings = ReportSettings()
    """The page at the end."""

    notices: list[str] = Field([])
    """What readers of the report must be told, such as a model's terms of use."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not NAME.match(self.name):
            raise ValueError(f"name: {self.name!r} must be letters, digits, dots, dashes or underscores, 64 at most")
        for name in [*self.data, *self.arms]:
            if not NAME.match(name):
                raise ValueError(
                    f"{name!r} is no name for a data set or an arm: letters, digits, dots, dashes, underscores"
                )
        for name, data in self.data.items():
            _known(f"data.{name}.teach.like", data.teach.like, self.data)
            if data.teach.like and self.data[data.teach.like].teach.like:
                raise ValueError(f"data.{name}.teach.like: {data.teach.like} is a control itself; name what it mirrors")
        for name, arm in self.arms.items():
            _known(f"arms.{name}.student", arm.student, self.students)
            for other in arm.data:
                _known(f"arms.{name}.data", other, self.data)
            for other in arm.compare_to:
                _known(f"arms.{name}.compare_to", other, self.arms)
            if len(arm.data) > 1 or any(weight != 1 for weight in arm.data.values()):
                raise ValueError(
                    f"arms.{name}.data: one data set with the weight 1 an arm; mixtures are not supported yet"
                )
        return self

    def compared_with(self, arm: str) -> list[str]:
        """The arms that `arm` is compared with: those it names, else the untouched arm of its student."""
        mine = self.arms[arm]
        if mine.compare_to or not mine.data:
            return mine.compare_to
        return [name for name, other in self.arms.items() if other.student == mine.student and not other.data]


def _known(place: str, name: str | None, there: Mapping[str, Any]) -> None:
    if name is not None and name not in there:
        raise ValueError(f"{place}: there is no {name!r}; there are {', '.join(there) or 'none'}")


def load(path: Path, overrides: list[str] | None = None) -> Recipe:
    """The resolved recipe of a file. `overrides` are stage.field=value. Raises UserError naming line and nearest key."""
    raw = read_yaml(path)
    plain: dict[str, Any] = _plain(raw)
    for override in overrides or []:
        set_value(plain, override)
    try:
        return Recipe.model_validate(_laid_over(plain))
    except ValidationError as error:
        raise UserError(explain(error, Recipe, path, raw)) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _laid_over(recipe: dict[str, Any]) -> dict[str, Any]:
    """Gives every data set and arm what the top of the recipe says, under what they say themselves."""
    full = deepcopy(recipe)
    full["data"] = {
        name: _starting(full, own, ("split", "teach", "audit")) for name, own in (full.get("data") or {}).items()
    }
    for own in full["data"].values():
        like = own["teach"].get("like") if isinstance(own.get("teach"), dict) else None
        if isinstance(like, str) and like in full["data"]:
            # A control mirrors the accepted pairs of another data set, so it has that one's split.
            own["split"] = full["data"][like].get("split", {})
    full["arms"] = {name: _starting(full, own, ("train",)) for name, own in (full.get("arms") or {}).items()}
    return full


def _starting(recipe: dict[str, Any], own: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    own = dict(own) if isinstance(own, dict) else {}
    merged = {key: _merged(recipe.get(key) or {}, own.get(key) or {}) for key in keys}
    return {**own, **merged}


def _merged(under: Any, over: Any) -> Any:
    """`over` laid on `under`, mapping by mapping; anything else is replaced whole."""
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    keys = [*under, *(key for key in over if key not in under)]
    return {key: _merged(under.get(key), over[key]) if key in over else under[key] for key in keys}
