"""One run on a URL: the files of its folder by their checksums, and the stages that it points to."""

import json
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from secondhalf.errors import UserError
from secondhalf.store import Store
from secondhalf.store.checksums import file_checksum
from secondhalf.store.files import make_root
from secondhalf.store.remote.names import files_named, path_inside, stage_named
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.remote.stages import bring_file, bring_into, send_stage

_BESIDE = (".lock",)
# Half-written files; and databases of review and endpoint: passwords' hashes and clients' texts, which may be written to now.
_LEFT = {".tmp", ".sqlite", ".sqlite-wal", ".sqlite-shm"}


def send_run(folder: ObjectFolder, run: Path) -> None:
    """Sends a run's folder; the last one that is sent counts. What a run that goes on writes meanwhile is sent as it was when
    it was read, or by the next push."""
    checksums = {}
    with TemporaryDirectory() as temporary:
        copy = Path(temporary) / "file"
        for path in filter(_is_sent, sorted(run.rglob("*"))):
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
    for name in _stages_of(run):
        stage = stage_named(store, name, folder.url)
        if stage.whole:
            send_stage(folder, stage)


def bring_run(store: Store, folder: ObjectFolder, runs: Path, name: str) -> bool:
    """Brings a run and its stages; False where it stands here, which stays as it is, or is not there.

    Raises UserError where it is damaged there.
    """
    run = runs / name
    if (run / "recipe.yaml").exists():
        return False
    path_inside(runs, name, folder.url)
    data = folder.read(f"runs/{name}.json")
    if data is None:
        return False
    try:
        paths = files_named(json.loads(data)["files"], run, folder.url)
        recipe = paths.pop(run / "recipe.yaml")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{folder.url}/runs/{name}.json is damaged: push that run again.") from error
    make_root(run)
    # The recipe last: with it the folder is a run's.
    for path, checksum in [*paths.items(), (run / "recipe.yaml", recipe)]:
        bring_file(folder, checksum, path)
    for stage in _stages_of(run):  # a listing that is late leaves out a stage, which its own name finds
        bring_into(store, folder, stage)
    return True


def _stages_of(run: Path) -> list[str]:
    path = run / "stages.json"
    try:
        links = json.loads(path.read_bytes()) if path.is_file() else {}
        return [str(link["stage"]) for link in links.values()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: push that run again, remove {run}, and pull again.") from error


def _is_sent(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name not in _BESIDE and path.suffix not in _LEFT
