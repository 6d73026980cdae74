"""One run on a URL: the files of its folder by their checksums, and the stages that it points to."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.checksums import CHECKSUMS_FILE, file_checksum
from secondhalf.store.faults import place_fault
from secondhalf.store.files import make_root
from secondhalf.store.lock import locked
from secondhalf.store.remote.names import files_named, path_inside, stage_named
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.remote.stages import bring_file, bring_into, send_stage
from secondhalf.store.users import write_user

_BESIDE = (".lock",)
# Half-written files; and databases of review and endpoint: passwords' hashes and clients' texts, which may be written to now.
_LEFT = {".tmp", ".sqlite", ".sqlite-wal", ".sqlite-shm"}


def send_run(folder: ObjectFolder, run: Path) -> None:
    """Sends a run's folder; the last one that is sent counts. What a run that goes on writes meanwhile is sent as it was when
    it was read, or by the next push."""
    checksums: dict[str, str] = {}
    with TemporaryDirectory() as temporary:
        copy = Path(temporary) / "file"
        for path in _files_to_send(run):
            # A copy, since an object must have the content of its name, whatever is written to the file by now.
            try:
                copyfile(path, copy)
            except FileNotFoundError:
                continue
            checksum = file_checksum(copy)
            folder.send(f"files/{checksum}", copy)
            checksums[path.relative_to(run).as_posix()] = checksum
    folder.write(f"runs/{run.name}.json", json.dumps({"files": checksums}, indent=1, sort_keys=True).encode())


def send_stages_of(folder: ObjectFolder, store: Store, run: Path) -> None:
    """Sends those stages that a run points to and that are not there: a connection may have been lost when they were made."""
    for name in _stages_of(run).values():
        stage = stage_named(store, name, folder.url)
        if stage.whole:
            send_stage(folder, stage)


def bring_run(store: Store, folder: ObjectFolder, runs: Path, name: str) -> bool:
    """Brings a run and its stages; False where it stands here, which stays as it is, or is not there.

    Raises UserError where it is damaged there.
    """
    run = path_inside(runs, name, folder.url)
    if (run / "recipe.yaml").exists():
        return False
    data = folder.read(f"runs/{name}.json")
    if data is None:
        return False
    try:
        paths = files_named(json.loads(data)["files"], run, folder.url)
        recipe = paths.pop(run / "recipe.yaml")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{folder.url}/runs/{name}.json is damaged: push that run again.") from error
    try:
        make_root(run)
    except OSError as error:
        raise place_fault(run, error) from error
    with locked(run / ".lock", f"Another process works on {run}: wait for it, then give the same command again."):
        if (run / "recipe.yaml").exists():  # another process has brought it meanwhile
            return False
        for path, checksum in paths.items():
            bring_file(folder, checksum, path)
        stages = _stages_of(run)
        for stage in stages.values():
            stage_named(store, stage, folder.url)
        store.mark()
        write_user(store.root, run, stages)  # from here on prune keeps them
        for stage in stages.values():  # a listing that is late leaves out a stage, which its own name finds
            bring_into(store, folder, stage)
        bring_file(
            folder, recipe, run / "recipe.yaml"
        )  # last: with it the folder is a run's, and is not looked for again
    return True


def _files_to_send(run: Path) -> Iterator[Path]:
    """The files of a run's folder, those too that come while others are sent; checksums.txt of each folder last: a run that
    goes on puts a file's line there before the file, so what was read before it has its line."""
    sent: set[Path] = set()
    for _ in range(2):
        for path in filter(_is_sent, sorted(run.rglob("*"))):
            if path not in sent and path.name != CHECKSUMS_FILE:
                sent.add(path)
                yield path
    yield from filter(_is_sent, sorted(run.rglob(CHECKSUMS_FILE)))


def _stages_of(run: Path) -> dict[str, str]:
    """STAGE/KEY by label."""
    path = run / "stages.json"
    try:
        links = json.loads(path.read_bytes()) if path.is_file() else {}
        return {str(label): str(link["stage"]) for label, link in links.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: push that run again, remove {run}, and pull again.") from error


def _is_sent(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name not in _BESIDE and path.suffix not in _LEFT
