"""Opens a run's folder for this process alone, makes way in it for a recipe that differs, and closes it."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import check_writable
from secondhalf.models.journal.open import JOURNAL_FILE, open_journal
from secondhalf.models.server.replicas import replicas_on
from secondhalf.recipe import Recipe, load_recipe, with_fixed_templates
from secondhalf.recipe.pins import with_commits_of
from secondhalf.runs.follow import changed_fields, first_stage, is_from, used_by
from secondhalf.runs.history import keep_history, made_before
from secondhalf.runs.links import links_file, read_links, write_links
from secondhalf.runs.run import MOVE_RECIPE, STOPPED, OpenRun, resolved_recipe
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import checksum, is_damaged, recorded
from secondhalf.store.cluster.workers import RayWorkers
from secondhalf.store.damaged import set_aside_damaged_file
from secondhalf.store.faults import place_fault
from secondhalf.store.files import make_root, protect_tree, write_atomically
from secondhalf.store.lock import locked
from secondhalf.store.recorded import read_recorded, write_recorded
from secondhalf.store.remote.home import open_store
from secondhalf.store.users import forget_user, write_user
from secondhalf.store.workers import Workers, cores

_LOG = logging.getLogger(__name__)
_MOST_NAMED = 5


def _set_aside_damaged(folder: Path, recipe: Recipe) -> None:
    """Makes way for what a run writes again anyway: its recipe, where the same one is given, and its links."""
    path, links = folder / "recipe.yaml", links_file(folder)
    if is_damaged(path):
        if checksum(resolved_recipe(recipe).encode("utf-8")) not in recorded(folder)[path.name]:
            read_recorded(path, MOVE_RECIPE)
        set_aside_damaged_file(path)
    try:
        read_links(folder)
    except UserError as error:
        if links.is_file():
            set_aside_damaged_file(links)
        else:
            _LOG.warning("%s", error)
        write_links(folder, {})


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
        resolved = resolved_recipe(recipe)
        _name_what_is_old(opened_store, folder)
        if not links_file(folder).exists():  # the run that stood here before was removed
            forget_user(store, folder)
        write_recorded(path, resolved)
        journal = open_journal(recipe.journal, store)
        workers = RayWorkers(recipe.cluster) if recipe.engine == "ray" else Workers(cores())
        note = folder / STOPPED
        try:
            with replicas_on(workers.connect if isinstance(workers, RayWorkers) else None):
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
    write_links(folder, kept)
    forget_user(store.root, folder)
    write_user(store.root, folder, {str(label): link.stage for label, link in kept.items()})
    _LOG.info("%s follows its recipe (%s); what it was before is in %s.", folder, _listed(fields), place)


def _listed(fields: Sequence[str]) -> str:
    more = f" and {len(fields) - _MOST_NAMED} more" if len(fields) > _MOST_NAMED else ""
    return f"{', '.join(fields[:_MOST_NAMED])}{more}"
