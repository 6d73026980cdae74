"""A run's folder: the resolved recipe, the stages it points to, the report; one process at a time.

runs/NAME/recipe.yaml    as resolved, every default written out
runs/NAME/stages.json    label -> {"stage": STAGE/KEY, "reused": made by an earlier run}
runs/NAME/report/        index.html, facts.json
runs/NAME/proof/         index.html and the other documents of `secondhalf document`
runs/NAME/gate/          POLICY.json, where a decision was kept
runs/NAME/checksums.txt  of recipe.yaml and stages.json; report/, proof/ and gate/ have their own
runs/NAME/certificate.json  signed, where `secondhalf certify` wrote one
runs/NAME/stopped.txt    why the last command stopped, where it did
runs/NAME/history/       what stood there before the recipe changed, see history.py
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.progress import stage_of_run
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.runs.labels import METHOD, METHOD_STAGE, Label
from secondhalf.runs.links import Link, place_of, read_links, write_links
from secondhalf.settings import Settings
from secondhalf.store import Stage, Store
from secondhalf.store.format import read_format
from secondhalf.store.recorded import read_recorded, write_recorded
from secondhalf.store.users import write_user
from secondhalf.store.workers import Workers, cores
from secondhalf.text.nearest import hint
from secondhalf.text.yaml_text import MOST_BYTES, load_yaml

_LOG = logging.getLogger(__name__)
_LONG = MOST_BYTES // 5
STOPPED = "stopped.txt"
MOVE_RECIPE = "move it away, and run the recipe again from its own file."


@dataclass
class Run:
    """A run: its recipe, its folder, and the stages of the store that it points to."""

    recipe: Recipe
    folder: Path
    store: Store

    @classmethod
    def at(cls, folder: Path, store: Store) -> "Run":
        """The run that stands in a folder. Raises UserError when its recipe cannot be read."""
        read_recorded(folder / "recipe.yaml", MOVE_RECIPE)
        return cls(load_recipe(folder / "recipe.yaml"), folder, store)

    def links(self) -> dict[Label, Link]:
        """Where its stages stand, in the order in which they were made."""
        return read_links(self.folder)

    def stages(self) -> dict[Label, Stage]:
        """Its stages, in the order in which they were made."""
        return {label: Stage(self.store.root / link.stage) for label, link in self.links().items()}

    @property
    def stopped(self) -> str:
        """Why the last command that worked on it stopped; "" where it did not."""
        path = self.folder / STOPPED
        return path.read_text("utf-8").strip() if path.is_file() else ""

    def stage(self, label: Label) -> Stage:
        """The stage that `label` was made or found as. Raises KeyError where the run has not come to it."""
        return self.stages()[label]


@dataclass
class OpenRun(Run):
    """A run that this process works on: it holds the folder's lock and the journal."""

    journal: ReplyJournal
    made_before: frozenset[str] = frozenset()
    """STAGE/KEY of what it made before its recipe changed."""
    anyway: bool = False
    """Arms are trained on however few pairs."""
    workers: Workers = field(default_factory=lambda: Workers(cores()))
    """Where parts of stages are computed: the recipe's engine."""
    last_stage: str = ""
    """How far the run is carried, one of METHOD: its progress counts them. "": it is not carried as a whole."""

    def replace_recipe(self, recipe: Recipe) -> None:
        """Puts a recipe in the place of the run's own that says more exactly what it said, and writes it into the folder."""
        self.recipe = recipe
        write_recorded(self.folder / "recipe.yaml", resolved_recipe(recipe))

    def make(
        self,
        label: Label,
        version: tuple[int, ...],
        settings: Settings | Mapping[str, object],
        inputs: Mapping[str, str],
        work: Callable[[Stage], Mapping[str, object]],
    ) -> Stage:
        """The stage `label`, from the store or made now, and a link to it.

        Of `settings`, and of those that it holds by name, only what is deciding for the stage counts.
        """
        return self.make_together([label], version, settings, [inputs], lambda stages: [work(stages[0])])[0]

    def make_together(
        self,
        labels: Sequence[Label],
        version: tuple[int, ...],
        settings: Settings | Mapping[str, object],
        inputs: Sequence[Mapping[str, str]],
        work: Callable[[dict[int, Stage]], Sequence[Mapping[str, object]]],
    ) -> list[Stage]:
        """As `make`, for several stages that differ in their inputs; see Store.make_together."""
        new_keys: set[str] = set()

        def making(missing: dict[int, Stage]) -> Sequence[Mapping[str, object]]:
            new_keys.update(stage.key for stage in missing.values())
            if not self.last_stage:
                return work(missing)
            with stage_of_run(METHOD.index(METHOD_STAGE[name]) + 1, METHOD.index(self.last_stage) + 1, labels[0].title):
                return work(missing)

        name = labels[0].stage

        def begun(stages: Sequence[Stage]) -> None:
            paths = {str(label): place_of(stage) for label, stage in zip(labels, stages, strict=True)}
            write_user(self.store.root, self.folder, paths)

        def made(stages: Sequence[Stage]) -> None:
            links = self.links()
            before = dict(links)
            for label, stage in zip(labels, stages, strict=True):
                path, new = place_of(stage), stage.key in new_keys
                new_keys.discard(stage.key)  # a second label of the same stage was not made for it
                if label not in links or links[label].stage != path or new:
                    links[label] = Link(path, reused=not new and path not in self.made_before)
            if links != before:
                write_links(self.folder, links)

        return self.store.make_together(name, version, _deciding(settings, name), inputs, making, begun, made)


def _deciding(settings: Settings | Mapping[str, object], stage: str) -> dict[str, object]:
    if isinstance(settings, Settings):
        return settings.deciding(stage)
    return {name: part.deciding(stage) if isinstance(part, Settings) else part for name, part in settings.items()}


def resolved_recipe(recipe: Recipe) -> str:
    """The recipe as its run's folder has it. Raises UserError for one that could not be read again."""
    text = write_yaml(recipe, f"# The resolved recipe of the run {recipe.name}: every default is written out.\n")
    if len(text) > _LONG:  # a fifth of what is read
        load_yaml(text, f"The resolved recipe of {recipe.name}")
    return text


def find(name: str, runs: Path, store: Store) -> Run:
    """The run given by its name or its folder's path. Raises UserError when there is none, or its store is a later format's."""
    read_format(store.root)
    if store.home and "/" not in name:
        store.home.bring_run(store, runs, name)
    for folder in (runs / name, Path(name)):
        if (folder / "recipe.yaml").is_file():
            return Run.at(folder, store)
    names = sorted(path.parent.name for path in runs.glob("*/recipe.yaml") if path.is_file())
    raise UserError(f"There is no run {name} in {runs}{hint(name, names)}")
