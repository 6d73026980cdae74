"""One YAML file, one recipe: the stages' settings put together, with data sets, arms and overrides.

`split`, `teach`, `audit` and `train` at the top are what every data set and arm starts from; what a data set or an arm
says itself is laid over them. The resolved recipe has every default written out.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from secondhalf.audit.stage import CHECKS_FIELD, AuditSettings
from secondhalf.clean.stage import FILTERS_FIELD, CleanSettings
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.evaluate.own.checks import OWN_CHECKS_FIELD
from secondhalf.evaluate.settings import EvaluateSettings, check_figure
from secondhalf.extensions.path import is_path
from secondhalf.probe.settings import ProbeSettings
from secondhalf.recipe.arms import (
    ARM,
    ArmSettings,
    DataSettings,
    check_arms,
    check_data,
    check_students,
    check_teaching,
)
from secondhalf.recipe.file import explain, read_yaml, set_value
from secondhalf.recipe.names import NAME, NO_RUN_NAME, is_run_name
from secondhalf.recipe.report import ReportSettings
from secondhalf.recipe.review import ReviewSettings
from secondhalf.recipe.servers import servers_of
from secondhalf.settings import Decides, Seed, Settings, lay_over
from secondhalf.split.settings import RULE_FIELD, SplitSettings
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.teach.pilot import PilotSettings
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings
from secondhalf.text.key_shapes import shaped
from secondhalf.text.nearest import hint
from secondhalf.text.normal_form import normal_form
from secondhalf.text.secrets import has_login, mask_secrets
from secondhalf.train.settings import TrainSettings


class Recipe(Settings):
    """Everything that decides a run."""

    name: Annotated[str, AfterValidator(partial(normal_form, "NFC"))] = "my-run"
    """The run's name: its folder is runs/NAME. Letters of any script; written in Unicode's form NFC."""

    seed: Seed = 1
    """Seed of the sample. Training seeds are train.seeds, the teacher's is teach.sampling.seed."""

    corpus: CorpusSettings = CorpusSettings()
    """The documents."""

    clean: CleanSettings = CleanSettings()
    """Which documents are worth teaching."""

    # What a data set or an arm starts from stands again in each of them, and decides there.
    split: Annotated[SplitSettings, Decides(False)] = SplitSettings()
    """The start of every data set's split."""

    teach: Annotated[TeachSettings, Decides(False)] = TeachSettings()
    """The start of every data set's teach."""

    audit: Annotated[AuditSettings, Decides(False)] = AuditSettings()
    """The start of every data set's audit."""

    pilot: Annotated[PilotSettings, Decides(False)] = PilotSettings()
    """The first pairs go through teach and audit before the rest is paid for."""

    data: dict[str, DataSettings] = {}
    """The data sets, by name."""

    students: dict[str, str] = {}
    """The base models, by name: package:NAME/FILE, hf:ORG/NAME@REVISION or a path; any may end in #sha256=HEX. Or arm:NAME:
    an arm of this recipe, merged into its student's weights under its first training seed, so that it can be tuned on."""

    train: Annotated[TrainSettings, Decides(False)] = TrainSettings()
    """The start of every arm's training."""

    arms: dict[str, ArmSettings] = {}
    """The models to compare, by name."""

    evaluate: EvaluateSettings = EvaluateSettings()
    """What the arms are asked, and the primary figure, named before looking."""

    probes: ProbeSettings = ProbeSettings()
    """What the arms remember word for word of their pairs, and what they have forgotten."""

    report: Annotated[ReportSettings, Decides(False)] = ReportSettings()
    """The page at the end."""

    review: Annotated[ReviewSettings, Decides(False)] = ReviewSettings()
    """The review by people."""

    engine: Annotated[Literal["local", "ray"], Decides(False)] = "local"
    """Where corpus, clean, near-duplicates, split, audit and tokenisation are computed: by this machine's processes, or on a Ray
    cluster (extra `ray`). The tables are the same, byte for byte; teaching and evaluation stay on this machine, and so does
    training without `cluster.train`."""

    cluster: Annotated[ClusterSettings, Decides(False)] = ClusterSettings()
    """The cluster of `engine: ray`."""

    journal: Annotated[str, Decides(False)] = ""
    """Where models' replies are kept: "" is the store's own file; postgresql://HOST/NAME is a database that several
    machines may write (extra `postgresql`; user and password in PGUSER and PGPASSWORD). It decides no stage."""

    notices: Annotated[list[str], Decides(False)] = Field([])
    """What readers of the report must be told, such as a model's terms of use."""

    @model_validator(mode="before")
    @classmethod
    def _storable_texts(cls, recipe: Any) -> Any:
        """What stands in a recipe stands in the run's folder, in manifests and in errors too: a password must not."""
        for field, text in _texts(recipe, ""):
            if "\0" in text:
                raise ValueError(f"{field}: it holds a NUL, which no file's name and no page can; take it out")
            if any(shaped(text)):
                raise ValueError(
                    f"{field}: it looks like a key, and no recipe may hold one: put it into the environment, such as "
                    "OPENAI_API_KEY, and write that name in server.key_env"
                )
            if has_login(text):
                raise ValueError(
                    f"{field}: an address must hold no name and no password ({mask_secrets(text[:100])}): give them in the "
                    "environment or in ~/.netrc, where its driver looks for them"
                )
        return recipe

    def _check_no_cluster(self) -> None:
        """What only a cluster does is not asked for without one."""
        add = "a cluster is used with engine: ray; add that, or take"
        if self.cluster.address:
            raise ValueError(f"cluster.address: {add} the address away")
        if self.cluster.train:
            raise ValueError(f"cluster.train: {add} cluster.train away")
        for place, server in servers_of(self):
            if server.replicas:
                raise ValueError(
                    f"{place}.replicas: they are started on a cluster: add engine: ray, or name the servers in {place}.urls"
                )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not is_run_name(self.name):
            raise ValueError(f"name: {self.name!r} {NO_RUN_NAME}")
        if self.engine == "local":
            self._check_no_cluster()
        if self.journal and not self.journal.startswith("postgresql://"):
            raise ValueError("journal: write postgresql://HOST/NAME, or leave it out to use the store's own file")
        for name in [*self.data, *self.arms]:
            if not NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} is no name for a data set or an arm: letters, digits, dots, dashes, underscores"
                )
        check_data(self.data)
        check_arms(self.arms, self.data, self.students)
        check_students(self.arms, self.students)
        check_teaching(self.data, self.students)
        if self.arms:
            check_figure("evaluate.primary", self.evaluate.primary, self.evaluate)
        if field := self.evaluate.left_out.get(self.evaluate.primary):
            raise ValueError(
                f"evaluate.primary: {self.evaluate.primary} is not measured with {field}: 0; name another figure"
            )
        for benchmark in self.evaluate.benchmarks:
            if benchmark.baseline_arm and benchmark.baseline_arm not in self.arms:
                raise ValueError(
                    f"evaluate.benchmarks: {benchmark.name}.baseline is {benchmark.baseline}, and there is no such arm"
                    f"{hint(benchmark.baseline_arm, self.arms)}"
                )
        return self

    def compared_with(self, arm: str) -> list[str]:
        """The arms that `arm` is compared with: those it names; else the untouched arm of its student, and the arm that
        differs from it in the pairing or the audit alone."""
        mine = self.arms[arm]
        if mine.compare_to or not mine.trained:
            return mine.compare_to
        untouched = [name for name, other in self.arms.items() if other.student == mine.student and other.untouched]
        return [*untouched, *(name for name in self.arms if self._unchanged(mine, name))]

    def _unchanged(self, mine: ArmSettings, name: str) -> bool:
        other = self.arms[name]
        if other.composed or other.student != mine.student or not other.data:
            return False
        return name == mine.equal_tokens or (mine.pairing != "paired" and other.data == mine.data)

    def functions(self) -> list[tuple[str, str]]:
        """Every function of the user's that the recipe names, once: the field, and my_module:function."""
        named = [(FILTERS_FIELD, path) for path in self.clean.filters]
        for data in self.data.values():
            named += [(RULE_FIELD, data.split.rule), (CHOOSE_FIELD, data.teach.choose)]
            named += [(CHECKS_FIELD, path) for path in data.audit.checks]
        named += [(OWN_CHECKS_FIELD, path) for path in self.evaluate.own.checks.values()]
        return [(field, path) for field, path in dict.fromkeys(named) if is_path(path)]

    def fit_student(self, data: str) -> str | None:
        """The student whose likelihoods count while this data set is taught; None where the recipe does not tell."""
        untrained = [name for name, reference in self.students.items() if not reference.startswith(ARM)]
        return self.data[data].teach.student or (untrained[0] if len(untrained) == 1 else None)

    def draft_reference(self, data: str) -> str | None:
        """The base model that drafts for this data set; None where nobody does, or a server does."""
        draft = self.data[data].teach.draft
        return None if draft is None or draft.server.served else self.students.get(draft.model, draft.model)

    def data_of(self, arm: str) -> list[str]:
        """The data sets whose pairs an arm has met: of a carried-over adapter, those it was trained on."""
        return list(self.arms[self.arms[arm].adapter_from or arm].data)


def load_recipe(path: Path, overrides: Iterable[tuple[str, object]] = ()) -> Recipe:
    """The resolved recipe of a file. `overrides`: values by stage.field. Raises UserError naming line and nearest key."""
    raw = read_yaml(path)
    plain: dict[str, Any] = _plain(raw)
    for name, value in overrides:
        set_value(plain, name, value)
    try:
        return Recipe.model_validate(_laid_over(plain))
    except ValidationError as error:
        raise UserError(explain(error, Recipe, path, raw)) from error
    except UnicodeEncodeError as error:  # an override from Python; files hold none
        raise UserError(f"{path}: a key or a text holds half a character, which no file can: take it out.") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    """Every text in a recipe as it was written, with its field."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{field}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, field)


def _laid_over(recipe: dict[str, Any]) -> dict[str, Any]:
    """Gives every data set and arm what the top of the recipe says, under what they say themselves.

    What is no mapping where one belongs stays as it is, for the recipe's model to refuse.
    """
    full = deepcopy(recipe)
    for section, keys in (("data", ("split", "teach", "audit")), ("arms", ("train",))):
        named = {} if full.get(section) is None else full[section]
        if not isinstance(named, dict):
            return full
        full[section] = {name: _starting(full, own, keys) for name, own in named.items()}
    for own in full["data"].values():
        if not isinstance(own, dict):
            continue
        like = own["teach"].get("like") if isinstance(own.get("teach"), dict) else None
        if isinstance(like, str) and like in full["data"]:
            # A control mirrors the accepted pairs of another data set, so it has that one's split.
            mirrored = full["data"][like]
            own["split"] = mirrored.get("split", {}) if isinstance(mirrored, dict) else {}
    for own in full["arms"].values():
        source = own.get("adapter_from") if isinstance(own, dict) else None
        taken = full["arms"].get(source) if isinstance(source, str) else None
        settings = taken["train"] if isinstance(taken, dict) else None
        if isinstance(settings, dict) and isinstance(own["train"], dict):
            # One adapter is carried over for each seed that the other arm has.
            own["train"] = {**own["train"], **{name: settings[name] for name in ("seeds",) if name in settings}}
    return full


def _starting(recipe: dict[str, Any], own: object, keys: tuple[str, ...]) -> object:
    if own is None:
        own = {}
    if not isinstance(own, dict):
        return own
    merged = {key: lay_over(_start(recipe, key, own), {} if own.get(key) is None else own[key]) for key in keys}
    return {**own, **merged}


def _start(recipe: dict[str, Any], key: str, own: dict[str, Any]) -> object:
    """What a data set or an arm starts from: the top of the recipe, but for the teachers where it names its own."""
    start, says = {} if recipe.get(key) is None else recipe[key], own.get(key)
    if key == "teach" and isinstance(start, dict) and isinstance(says, dict) and {"model", "teachers"} & says.keys():
        return {name: value for name, value in start.items() if name != "teachers"}
    return start


def source_of(recipe: Recipe, student: str) -> tuple[str, int] | None:
    """The arm and the training seed (its first) that a student is made of; None for a student that is a file."""
    reference = recipe.students[student]
    if not reference.startswith(ARM):
        return None
    arm = reference.removeprefix(ARM)
    return arm, recipe.arms[arm].train.seeds[0]


def with_fixed_templates(recipe: Recipe, before: Recipe) -> Recipe:
    """The recipe with the texts of dated templates (tokenizers' own) that `before`, the same run's resolved one, has."""

    def fixed(train: TrainSettings, then: TrainSettings) -> TrainSettings:
        same = train.template.name == then.template.name == "tokenizer"
        return train if train.template.text or not same else train.model_copy(update={"template": then.template})

    arms = {
        name: arm.model_copy(update={"train": fixed(arm.train, before.arms[name].train)})
        if name in before.arms
        else arm
        for name, arm in recipe.arms.items()
    }
    return recipe.model_copy(update={"train": fixed(recipe.train, before.train), "arms": arms})
