"""`secondhalf store --check`: what is damaged in a store and in its runs' folders, and what is made again. Changes nothing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.view import JournalView
from secondhalf.output import print_json, print_text
from secondhalf.runs.links import links_file, read_links
from secondhalf.store import Store
from secondhalf.store.checksums import expected_checksums, find_damage, is_damaged, recorded
from secondhalf.store.format import read_format


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not as it was written, and what becomes of it."""

    file: str
    reason: str
    next: str


def check_store_files(store: Store, runs: Path, *, as_json: bool) -> int:
    """Prints what is damaged; returns 1 where anything is, else 0."""
    if not store.root.is_dir():
        raise UserError(f"There is no store at {store.root}: name it with --store.")
    read_format(store.root)
    users = _users(runs)
    damages = [*_stages(store, users), *_runs(runs), *_missing(store, users), *_own_files(store), *_journal(store)]
    stages = store.stages()
    unchecked = [f"{stage.name}/{stage.key}" for stage in stages if _has_no_checksums(stage.path)]
    checked = {"stages": len(stages) - len(unchecked), "runs": len(list(_folders(runs)))}
    if as_json:
        summary = {"checked": checked, "without_checksums": unchecked, "damaged": [asdict(one) for one in damages]}
        print_json(summary)
        return int(bool(damages))
    for one in damages:
        print_text(f"{one.file} is damaged ({one.reason}): {one.next}.")
    print_text(
        f"Checked {checked['stages']} stages, {checked['runs']} runs and the journal: {len(damages) or 'nothing'} damaged."
    )
    if unchecked:
        print_text(f"Stages of before there were checksums, which cannot be checked: {', '.join(unchecked)}.")
    return int(bool(damages))


def _folders(runs: Path) -> Iterator[Path]:
    return (path.parent for path in sorted(runs.glob("*/recipe.yaml")))


def _users(runs: Path) -> dict[str, list[str]]:
    """The runs that point to each stage, STAGE/KEY; a run whose links are damaged points to none."""
    users: dict[str, list[str]] = {}
    for folder in _folders(runs):
        try:
            links = read_links(folder)
        except UserError:
            continue
        for link in links.values():
            names = users.setdefault(link.stage, [])
            names += [folder.name] if folder.name not in names else []
    return users


def _stages(store: Store, users: dict[str, list[str]]) -> Iterator[Damage]:
    for stage in store.stages():
        error, names = find_damage(stage.path), users.get(f"{stage.name}/{stage.key}", [])
        again = (
            f"the next `secondhalf run` of {', '.join(names)} makes the stage again"
            if names
            else "no run uses the stage"
        )
        if error:
            yield Damage(str(error.path), error.reason, again)
        for path in sorted(stage.path.glob("checkpoints/step-*/*")):
            if is_damaged(path):
                yield Damage(str(path), "its checksum is another", "training goes on from the checkpoint before it")


def _runs(runs: Path) -> Iterator[Damage]:
    for folder in _folders(runs):
        try:
            read_links(folder)
            links = ""
        except UserError as error:
            links = str(error)
        again = "`secondhalf run RECIPE` writes it again"
        named = [
            *_recorded(folder, again),
            *_recorded(folder / "report", "`secondhalf report RECIPE` writes it again"),
            *_recorded(folder / "gate", "`secondhalf gate RUN --policy FILE --keep` writes it again"),
        ]
        yield from named
        if links and str(links_file(folder)) not in {damage.file for damage in named}:
            yield Damage(str(links_file(folder)), "it cannot be read", again)


def _recorded(folder: Path, again: str) -> Iterator[Damage]:
    """The files of a folder that are not what its checksums.txt says. `again`: what becomes of them."""
    for name in sorted(recorded(folder)):
        path = folder / name
        reason = "its checksum is another" if is_damaged(path) else "" if path.is_file() else "it is missing"
        if reason:
            yield Damage(str(path), reason, again)


def _own_files(store: Store) -> Iterator[Damage]:
    """What a store holds beside stages and journal."""
    yield from _recorded(store.root, "remove it, and templates that say a date are fixed at today's")
    for damage in _recorded(store.root / "used-by", "the next `secondhalf run` writes it again"):
        if Path(damage.file).is_file():  # a run that was removed is forgotten
            yield damage


def _missing(store: Store, users: dict[str, list[str]]) -> Iterator[Damage]:
    """Stages that a run points to and that are not there."""
    for place, names in sorted(users.items()):
        if not (store.root / place).is_dir():
            again = f"the next `secondhalf run` of {', '.join(names)} makes it again"
            yield Damage(str(store.root / place), "it is missing", again)


def _journal(store: Store) -> Iterator[Damage]:
    path = store.root / "journal.sqlite"
    if not path.is_file():
        return
    try:
        for key in JournalView(path).damaged():
            yield Damage(str(path), f"the reply {key}", "it is set aside and asked again where it is needed")
    except UserError as error:
        yield Damage(str(path), str(error), "see there")


def _has_no_checksums(folder: Path) -> bool:
    try:
        return expected_checksums(folder) is None
    except UserError:
        return False
