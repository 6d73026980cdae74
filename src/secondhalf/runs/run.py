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

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import check_writable
from secondhalf.models.journal.open import JOURNAL_FILE, open_journal
from secondhalf.models.journal.reply_journal import ReplyJournal
from secondhalf.progress import stage_of_run
from secondhalf.recipe import Recipe, load_recipe, with_fixed_templates
from secondhalf.recipe.file import write_yaml
from secondhalf.recipe.pins import with_commits_of
from secondhalf.runs.follow import changed_fields, first_stage, is_from, used_by
from secondhalf.runs.history import keep_history, made_before
from secondhalf.runs.labels import METHOD, METHOD_STAGE, Label
from secondhalf.settings import Settings
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import checksum, is_damaged, recorded
from secondhalf.store.cluster.workers import RayWorkers
from secondhalf.store.damaged import set_aside_damaged_file
from secondhalf.store.faults import place_fault
from secondhalf.store.files import make_root, protect_tree, write_atomically
from secondhalf.store.format import read_format
from secondhalf.store.recorded import read_recorded, write_recorded
from secondhalf.store.remote.home import open_store
from secondhalf.store.stages import locked
from secondhalf.store.users import forget_user, write_user
from secondhalf.store.workers import Workers, cores
from secondhalf.text.nearest import hint
from secondhalf.text.yaml_text import MOST_BYTES, load_yaml

_LOG = logging.getLogger(__name__)
_LONG = MOST_BYTES // 5
_MOST_NAMED = 5
STOPPED = "stopped.txt"


@dataclass(frozen=True)
class Link:
    """Where a run's stage stands in the store, and whether an earlier run made it."""

    stage: str
    """STAGE/KEY, the folder's path in the store."""
    reused: bool


@dataclass
class Run:
    """A run: its recipe, its folder, and the stages of the store that it points to."""

    recipe: Recipe
    folder: Path
    store: Store

    @classmethod
    def at(cls, folder: Path, store: Store) -> "Run":
        """The run that stands in a folder. Raises UserError when its recipe cannot be read."""
        read_recorded(folder / "recipe.yaml", _MOVE_RECIPE)
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
        write_recorded(self.folder / "recipe.yaml", _resolved(recipe))

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
                _write_links(self.folder, links)

        return self.store.make_together(name, version, _deciding(settings, name), inputs, making, begun, made)


def _deciding(settings: Settings | Mapping[str, object], stage: str) -> dict[str, object]:
    if isinstance(settings, Settings):
        return settings.deciding(stage)
    return {name: part.deciding(stage) if isinstance(part, Settings) else part for name, part in settings.items()}


def links_file(folder: Path) -> Path:
    """Where the run in `folder` keeps its links."""
    return folder / "stages.json"


def place_of(stage: Stage) -> str:
    """STAGE/KEY."""
    return f"{stage.name}/{stage.key}"


def read_links(folder: Path) -> dict[Label, Link]:
    """The links of the run in `folder`; none where nothing is made yet. Raises UserError when they are damaged."""
    path, mend = links_file(folder), "`secondhalf run RECIPE` writes it again, and makes no stage for it."
    if not path.is_file() and path.name not in recorded(folder):
        return {}
    text = read_recorded(path, mend)
    try:
        rows = json.loads(text)
        return {Label.parse(label): Link(row["stage"], bool(row["reused"])) for label, row in rows.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({str(error).splitlines()[0]}): {mend}") from error


def _write_links(folder: Path, links: Mapping[Label, Link]) -> None:
    rows = {str(label): {"stage": link.stage, "reused": link.reused} for label, link in links.items()}
    write_recorded(links_file(folder), json.dumps(rows, indent=2) + "\n")


_MOVE_RECIPE = "move it away, and run the recipe again from its own file."


def _set_aside_damaged(folder: Path, recipe: Recipe) -> None:
    """Makes way for what a run writes again anyway: its recipe, where the same one is given, and its links."""
    path, links = folder / "recipe.yaml", links_file(folder)
    if is_damaged(path):
        if checksum(_resolved(recipe).encode("utf-8")) not in recorded(folder)[path.name]:
            read_recorded(path, _MOVE_RECIPE)
        set_aside_damaged_file(path)
    try:
        read_links(folder)
    except UserError as error:
        if links.is_file():
            set_aside_damaged_file(links)
        else:
            _LOG.warning("%s", error)
        _write_links(folder, {})


@contextmanager
def opened(recipe: Recipe, runs: Path, store: Path, *, wait: bool = False, again: bool = False) -> Iterator[OpenRun]:
    """Opens or makes the run's folder. `wait`: stages that another process is making are waited for, and no error.

    A recipe that differs from the run's is followed, and what it changes is made anew, until that was used (follow.py); `again`:
    then too. Raises UserError when the folder belongs to another recipe or another process.
    """
    folder, opened_store = runs / recipe.name, open_store(store, wait=wait)
    if not recipe.journal:
        check_writable(store / JOURNAL_FILE)
    try:
        make_root(folder)
    except OSError as error:
        raise place_fault(folder, error, "choose another --runs folder") from error
    if opened_store.home:
        opened_store.home.bring_run(opened_store, runs, recipe.name)
    with locked(folder / ".lock", f"Another process works on {folder}: wait for it, or give this run another name."):
        path = folder / "recipe.yaml"
        _set_aside_damaged(folder, recipe)
        if path.is_file():
            before = load_recipe(path)
            recipe = with_commits_of(with_fixed_templates(recipe, before), before)
            _follow(recipe, before, folder, opened_store, again=again)
        resolved = _resolved(recipe)
        _name_what_is_old(opened_store, folder)
        if not links_file(folder).exists():  # the run that stood here before was removed
            forget_user(store, folder)
        write_recorded(path, resolved)
        journal = open_journal(recipe.journal, store)
        workers = RayWorkers(recipe.cluster) if recipe.engine == "ray" else Workers(cores())
        note = folder / STOPPED
        try:
            yield OpenRun(recipe, folder, opened_store, journal, made_before(folder), workers=workers)
            if opened_store.home:
                opened_store.home.send_run(opened_store, folder)
            note.unlink(missing_ok=True)
        except UserError as error:
            with suppress(UserError):  # on a full disk the sentence is on the screen alone
                write_atomically(note, f"{error}\n")
            raise
        finally:
            workers.close()
            journal.close()
            protect_tree(folder)


def _resolved(recipe: Recipe) -> str:
    """The recipe as its run's folder has it. Raises UserError for one that could not be read again."""
    text = write_yaml(recipe, f"# The resolved recipe of the run {recipe.name}: every default is written out.\n")
    if len(text) > _LONG:  # a fifth of what is read
        load_yaml(text, f"The resolved recipe of {recipe.name}")
    return text


def _name_what_is_old(store: Store, folder: Path) -> None:
    """Says, once, what becomes of a store and of a run that secondhalf 0.1 made."""
    if store.of_format_1:
        _LOG.warning(
            "%s was made by secondhalf 0.1: its stages are kept but made again, its journal of paid replies is used; "
            "`secondhalf store --prune` removes what no run uses.",
            store.root,
        )
    store.mark()
    links = read_links(folder).values()
    if links and all(Stage(store.root / link.stage).of_format_1 for link in links):
        _LOG.warning("%s was made by secondhalf 0.1: this run makes its stages anew.", folder)


def _follow(recipe: Recipe, before: Recipe, folder: Path, store: Store, *, again: bool) -> None:
    """Makes way for a recipe that differs: the links from the first changed stage on leave the run for its history."""
    fields, links = changed_fields(recipe, before), read_links(folder)
    if not fields:
        return
    reported = (folder / "report" / "facts.json").is_file()
    finished = [label for label, link in links.items() if Stage(store.root / link.stage).whole]
    used = {field: use for field in fields if (use := used_by(field, before, finished, reported=reported))}
    if used and not again:
        raise UserError(
            f"{folder} belongs to another recipe (it differs in {_listed(list(used))}), of which {next(iter(used.values()))} was "
            "made: give this one a name of its own with --set name=..., or add --again, which keeps the links of before in "
            f"{folder / 'history'}; stages that both share are not made again."
        )
    kept = {label: link for label, link in links.items() if not any(is_from(label, first_stage(f)) for f in fields)}
    if len(kept) == len(links) and not reported:
        return
    place = keep_history(folder)
    _write_links(folder, kept)
    forget_user(store.root, folder)
    write_user(store.root, folder, {str(label): link.stage for label, link in kept.items()})
    _LOG.info("%s follows its recipe (%s); what it was before is in %s.", folder, _listed(fields), place)


def _listed(fields: Sequence[str]) -> str:
    more = f" and {len(fields) - _MOST_NAMED} more" if len(fields) > _MOST_NAMED else ""
    return f"{', '.join(fields[:_MOST_NAMED])}{more}"


def find(name: str, runs: Path, store: Store) -> Run:
    """The run given by its name or its folder's path. Raises UserError when there is none, or its store is a later format's."""
    read_format(store.root)
    if store.home and "/" not in name:
        store.home.bring_run(store, runs, name)
    for folder in (runs / name, Path(name)):
        if (folder / "recipe.yaml").is_file():
            return Run.at(folder, store)
    names = sorted(path.parent.name for path in runs.glob("*/recipe.yaml"))
    raise UserError(f"There is no run {name} in {runs}{hint(name, names)}")
