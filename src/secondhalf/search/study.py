"""One search: its folder, its settings, and the recipe of each of its trials.

searches/NAME/search.json   what it looks for (`search/settings.py`)
searches/NAME/trials/       a file a trial
searches/NAME/study.jsonl   what Optuna was told, for its own tools; adaptive searches only
searches/NAME/winner.yaml, outcome.json, index.html
"""

import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.prompts import EVERYDAY_VERSION
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import read_overrides
from secondhalf.recipe.names import NO_RUN_NAME, is_run_name
from secondhalf.rows import digest
from secondhalf.search.axes import Axis, Setting, combinations, named, read_axes
from secondhalf.search.limits import Limit, read_limits
from secondhalf.search.measures import ANSWERED, COST, PROBED, PROBES
from secondhalf.search.settings import SearchSettings
from secondhalf.search.trials import Trial, TrialFiles
from secondhalf.search.variants import TO_CHOOSE, check_different, content, trained_arms, variant
from secondhalf.store.files import make_root, write_atomically
from secondhalf.store.lock import locked
from secondhalf.text.nearest import hint

_SEEDS = "training seeds are the recipe's, the same for every trial, and the winner is confirmed under others"
FIXED = {
    "name": "every trial has a name of its own",
    "seed": "a lucky sample is no setting; search corpus.sample or another field",
    "evaluate": "all trials answer the same prompts in the same way",
    "probes": "all trials are probed in the same way",
    "report": "it decides nothing that a trial could be better in",
    "notices": "it decides nothing that a trial could be better in",
    "train.seeds": _SEEDS,
}
_LEAKS = [probe for probe in PROBES if not probe.startswith("forgotten_")]


@dataclass(frozen=True)
class Search:
    """A search that was begun. Everything in it follows from its settings; processes that share it have equal ones."""

    settings: SearchSettings
    folder: Path
    runs: Path
    store: Path

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @cached_property
    def axes(self) -> list[Axis]:
        """The fields that are searched."""
        return read_axes(self.settings.over, FIXED)

    @cached_property
    def limits(self) -> list[Limit]:
        """What a winner must keep."""
        return read_limits(self.settings.limits)

    @property
    def files(self) -> TrialFiles:
        """Its trials' files."""
        return TrialFiles(self.folder / "trials")

    @cached_property
    def probed(self) -> bool:
        """Whether trials are probed: where a figure or a limit is one that probes measure."""
        return bool({*self.settings.figures, *(limit.figure for limit in self.limits)} & PROBED)

    @cached_property
    def grid(self) -> list[Setting]:
        """The settings of a grid, in their order."""
        return combinations(self.axes)

    @cached_property
    def count(self) -> int:
        """How many settings are tried at most; the recipe as it stands comes beside them."""
        if not self.settings.adaptive:
            return len(self.grid)
        size = 1.0
        for axis in self.axes:
            size *= axis.size
        return int(min(self.settings.trials, size))

    @property
    def command(self) -> str:
        """The command line that goes on with it, without what decides nothing."""
        settings = self.settings
        options = [("--set", settings.overrides), ("--over", settings.over), ("--figure", settings.figures)]
        words = [
            text
            for name, values in (*options, ("--limit", settings.limits))
            for value in values
            for text in (name, value)
        ]
        trials = ["--trials", str(settings.trials), "--seed", str(settings.seed)] if settings.adaptive else []
        ends = ["--arm", settings.arm, "--prune", settings.prune, "--name", self.name]
        return shlex.join(["secondhalf", "search", settings.recipe, *words, *trials, *ends])

    def trial(self, number: int, setting: Setting, point: dict[str, object] | None = None) -> Trial:
        """A trial that is not carried out yet."""
        return Trial(number, setting, f"{self.name}-{number:03d}", point or {})

    def recipe(self, trial: Trial) -> Recipe:
        """The recipe of a trial. Raises UserError where the setting does not fit together."""
        settings = self.settings
        leaks = {*settings.figures, *(limit.figure for limit in self.limits)} & set(_LEAKS)
        always = [*TO_CHOOSE, *([] if leaks else ["probes.pairs=0"])]
        recipe = variant(Path(settings.recipe), settings.overrides, trial.setting, trial.run, always)
        if settings.arm not in recipe.arms or not recipe.arms[settings.arm].trained:
            raise UserError(f"{named(trial.setting)}: no arm {settings.arm} is trained under this setting.")
        return recipe


def begin(options: SearchSettings, folder: Path, runs: Path, store: Path) -> Search:
    """The search in `folder`, begun or gone on with. Raises UserError for settings that cannot be searched.

    Also where the folder holds another search: other axes, figures or limits, or another recipe.
    """
    # Its runs are called NAME-001, NAME-start and NAME-winner.
    if not is_run_name(f"{folder.name}-winner"):
        raise UserError(
            f"--name {folder.name}: it {NO_RUN_NAME}, seven characters less, since its runs are called NAME-winner and the like."
        )
    search = Search(options, folder, runs, store)
    check(search)
    path = folder / "search.json"
    make_root(folder)
    with locked(folder / ".lock", "", wait=True):
        if path.is_file():
            before = SearchSettings.model_validate_json(path.read_text("utf-8"))
            then, now = before.deciding("search"), options.deciding("search")
            changed = [name for name in now if now[name] != then[name]]
            if changed:
                raise UserError(
                    f"{folder} is another search ({', '.join(changed)} differ): give this one a --name of its own."
                )
        write_atomically(path, options.model_dump_json(indent=1) + "\n")
    return search


def check(search: Search) -> None:
    """Reads every setting of a grid, and the ends of every axis otherwise, so that a fault is told before the first trial."""
    _check_figures(search)
    if not search.axes:
        raise UserError("A search needs a field: --over train.learning_rate=3e-4,6e-4.")
    for axis in search.axes:
        if axis.field.endswith(".train.seeds"):
            raise UserError(f"--over {axis.field}: {_SEEDS}.")
    start = search.recipe(search.trial(0, {}))
    if search.settings.adaptive:
        # What lies between the ends, and what the other axes then have, is read when it is tried.
        for axis in search.axes:
            recipes = [search.recipe(search.trial(0, {axis.field: value})) for value in axis.ends]
            if len(recipes) > 1:
                check_different(recipes)
        return
    if search.count < 1 or (
        search.count == 1 and content(search.recipe(search.trial(0, search.grid[0]))) == content(start)
    ):
        raise UserError("A search needs a setting other than the recipe's own: name more values.")
    check_different([search.recipe(search.trial(0, setting)) for setting in search.grid])


def _check_figures(search: Search) -> None:
    """Raises UserError for a figure that no trial measures, before the first trial is paid for."""
    figures, known = search.settings.figures, {*ANSWERED, *PROBED, COST}
    left_out = search.recipe(search.trial(0, {})).evaluate.left_out
    for option, figure in (
        *(("--figure", figure) for figure in figures),
        *(("--limit", limit.figure) for limit in search.limits),
    ):
        if figure not in known:
            raise UserError(f"{option} {figure}: trials do not measure it{hint(figure, sorted(known))}")
        if figure in left_out:
            field = f"evaluate.{left_out[figure]}"
            raise UserError(f"{option} {figure}: it is not measured with {field}: 0; raise that, or name another.")
    if figures[0] not in ANSWERED:
        raise UserError(
            f"--figure {figures[0]}: the first figure is compared prompt by prompt; name one of {', '.join(ANSWERED)}."
        )
    if len(set(figures)) < len(figures):
        raise UserError(f"--figure {figures[0]}: it is named twice; once is enough.")


def start_of(path: Path, overrides: list[str], arm: str) -> tuple[Recipe, str, str]:
    """The recipe as it stands, its hash, and the arm that is searched. Raises UserError where no one arm is meant."""
    recipe = load_recipe(path, read_overrides(overrides))
    arms = trained_arms(recipe)
    if arm and (arm not in recipe.arms or not recipe.arms[arm].data):
        raise UserError(f"--arm {arm}: no arm of that name is trained{hint(arm, arms)}")
    if not arm and len(arms) != 1:
        raise UserError(
            f"--arm: name the arm that is searched; there are {', '.join(arms) or 'none that are trained'}."
        )
    return recipe, digest(content(recipe), str(EVERYDAY_VERSION), size=16), arm or arms[0]
