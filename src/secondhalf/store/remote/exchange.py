"""Finished stages and runs, pushed to a URL and pulled from one. Each command goes on where it stopped.

    URL/files/CHECKSUM           a stage's or a run's file, named by its content: two writers never overwrite each other
    URL/stages/STAGE/KEY.json    a whole stage: its manifest as in the store, written last; the first one counts
    URL/runs/NAME.json           a run: the checksums of the files in its folder; the last push counts

Nothing is trusted that comes back: every file is checked before it gets its name, and a stage's manifest is written last.
"""

import json
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store import Stage, Store
from secondhalf.store.checksums import file_checksum, sealed_manifest
from secondhalf.store.files import make_folder, make_root, rename_durably, write_atomically
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.stages import locked

_BESIDE = (".lock",)


def push(store: Store, runs: Path, url: str) -> dict[str, int]:
    """Sends what the URL has not yet: whole stages, then the runs. Returns how many of each there are here.

    Raises UserError for a damaged stage, and where the URL cannot be written.
    """
    folder = ObjectFolder(url)
    stages = [stage for stage in store.stages() if stage.whole and "checksums" in stage.manifest]
    with store.not_pruned(), Progress("push", len(stages), "stages") as progress:
        for stage in stages:
            name = f"stages/{stage.name}/{stage.key}.json"
            if folder.read(name) is None:
                stage.check()
                for file, checksum in stage.manifest["checksums"].items():
                    folder.send(f"files/{checksum}", stage.path / file)
                folder.write_first(name, (stage.path / "manifest.json").read_bytes())
            progress.advance(1)
    folders = [path.parent for path in sorted(runs.glob("*/recipe.yaml"))]
    for run in folders:
        files = {path.relative_to(run).as_posix(): path for path in sorted(run.rglob("*")) if _is_sent(path)}
        checksums = {name: file_checksum(path) for name, path in files.items()}
        for name, path in files.items():
            folder.send(f"files/{checksums[name]}", path)
        folder.write(f"runs/{run.name}.json", json.dumps({"files": checksums}, indent=1, sort_keys=True).encode())
    return {"stages": len(stages), "runs": len(folders)}


def pull(store: Store, runs: Path, url: str) -> dict[str, int]:
    """Brings what is not here yet: the stages, then the runs; a run that stands here stays as it is. Returns how many came.

    Raises UserError where something is missing or damaged there; what came before it is kept.
    """
    folder = ObjectFolder(url)
    names = [name for name in folder.names("stages") if name.endswith(".json")]
    listed = [name.removesuffix(".json") for name in folder.names("runs") if name.endswith(".json")]
    if not names and not listed:
        raise UserError(f"{folder.url} holds no stages and no runs: correct the URL, or push to it first.")
    store.mark()
    came = sum(_pull_stage(store, folder, name) for name in names)
    new = sum(_pull_run(store, runs, folder, name) for name in listed)
    return {"stages": came, "runs": new}


def _pull_stage(store: Store, folder: ObjectFolder, name: str) -> bool:
    kind, _, key = name.removesuffix(".json").partition("/")
    stage = store.stage(kind, key)
    if stage.whole:
        return False
    manifest = _read_manifest(folder, f"stages/{name}", kind, key)
    with store.not_pruned():
        make_folder(stage.path)
        with locked(stage.path / ".lock", f"Another process is making {kind}/{key}: wait for it, then pull again."):
            for file, checksum in manifest["checksums"].items():
                _fetch(folder, checksum, _inside(stage.path, file, folder.url))
            write_atomically(stage.path / "manifest.json", _as_text(manifest))
    return True


def _pull_run(store: Store, runs: Path, folder: ObjectFolder, name: str) -> bool:
    run = runs / name
    if (run / "recipe.yaml").exists():
        return False
    try:
        files: dict[str, str] = json.loads(folder.read(f"runs/{name}.json") or b"")["files"]
        recipe = files.pop("recipe.yaml")
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder.url}/runs/{name}.json is damaged: push that run again.") from error
    make_root(_inside(runs, name, folder.url))
    # The recipe last: with it the folder is a run's.
    for file, checksum in [*files.items(), ("recipe.yaml", recipe)]:
        _fetch(folder, checksum, _inside(run, file, folder.url))
    _check_stages(store, run, folder)
    return True


def _check_stages(store: Store, run: Path, folder: ObjectFolder) -> None:
    """A listing that is late leaves out a stage, which its own name finds."""
    links = json.loads((run / "stages.json").read_text("utf-8")) if (run / "stages.json").is_file() else {}
    for link in links.values():
        name = str(link["stage"])
        if not Stage(store.root / name).whole and folder.read(f"stages/{name}.json") is not None:
            _pull_stage(store, folder, f"{name}.json")


def _read_manifest(folder: ObjectFolder, name: str, kind: str, key: str) -> dict[str, Any]:
    data = folder.read(name)
    manifest = sealed_manifest(data or b"")
    if manifest is None or (manifest.get("stage"), manifest.get("key")) != (kind, key):
        raise UserError(f"{folder.url}/{name} is damaged, or no stage of ours: remove it there and push again.")
    return manifest


def _fetch(folder: ObjectFolder, checksum: str, path: Path) -> None:
    """A file of the content that its name says; one that came before stays."""
    if path.is_file() and file_checksum(path) == checksum:
        return
    make_folder(path.parent)
    temporary = path.with_name(path.name + ".tmp")
    folder.fetch(f"files/{checksum}", temporary)
    if file_checksum(temporary) != checksum:
        temporary.unlink()
        raise UserError(
            f"{folder.url}/files/{checksum} is damaged (its checksum is another): remove it there, push again from where it "
            "was made, and pull again."
        )
    rename_durably(temporary, path)


def _inside(folder: Path, name: str, url: str) -> Path:
    """A file of a folder. Raises UserError for a name that leads out of it: what lies there may be anybody's."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or path.resolve() == folder.resolve():
        raise UserError(
            f"{url} names a file outside its folder ({name}): it is no store of ours, and nothing of it is used."
        )
    return path


def _is_sent(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.name not in _BESIDE and path.suffix != ".tmp"


def _as_text(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
