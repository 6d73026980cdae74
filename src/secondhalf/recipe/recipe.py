"""One YAML file, one recipe: the stages' settings put together, with data sets, arms and overrides.

`split`, `teach`, `audit` and `train` at the top are what every data set and arm starts from; what a data set or an arm
says itself is laid over them. The resolved recipe has every default written out.
"""

from functools import partial
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from secondhalf.audit.stage import CHECKS_FIELD, AuditSettings
from secondhalf.clean.stage import FILTERS_FIELD, CleanSettings
from secondhalf.corpus.settings import CorpusSettings
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
from secondhalf.recipe.names import NAME, NO_RUN_NAME, is_run_name
from secondhalf.recipe.report import ReportSettings
from secondhalf.recipe.review import ReviewSettings
from secondhalf.recipe.servers import servers_of
from secondhalf.recipe.storable import check_storable
from secondhalf.settings import Decides, Filled, Seed, Settings
from secondhalf.split.settings import RULE_FIELD, SplitSettings
from secondhalf.store.cluster.settings import ClusterSettings
from secondhalf.teach.pilot import PilotSettings
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings
from secondhalf.text.nearest import hint
from secondhalf.text.normal_form import normal_form
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

    students: dict[str, Filled] = {}
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
    cluster (extra `ray`). The tables are the same, byte for byte; teaching stays on this machine, and so do
    training without `cluster.train` and answers without `cluster.evaluate`."""

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
        check_storable(recipe)
        return recipe

    def _check_no_cluster(self) -> None:
        """What only a cluster does is not asked for without one."""
        add = "a cluster is used with engine: ray; add that, or take"
        if self.cluster.address:
            raise ValueError(f"cluster.address: {add} the address away")
        for field in ("train", "evaluate"):
            if getattr(self.cluster, field):
                raise ValueError(f"cluster.{field}: {add} cluster.{field} away")
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


def source_of(recipe: Recipe, student: str) -> tuple[str, int] | None:
    """The arm and the training seed (its first) that a student is made of; None for a student that is a file."""
    reference = recipe.students[student]
    if not reference.startswith(ARM):
        return None
    arm = reference.removeprefix(ARM)
    return arm, recipe.arms[arm].train.seeds[0]
