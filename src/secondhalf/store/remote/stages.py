"""One stage on a URL: sent there whole, its manifest last, and brought from there, each file checked before it gets its name."""

import json
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.store.checksums import CHECKSUMS_FILE, MANIFEST_FILE, DamagedError, file_checksum, sealed_manifest
from secondhalf.store.damaged import set_aside_others
from secondhalf.store.files import make_folder, rename_durably, write_atomically
from secondhalf.store.lock import locked
from secondhalf.store.remote.names import files_named, stage_named
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.stage import Stage
from secondhalf.store.stages import Store


def send_stage(folder: ObjectFolder, stage: Stage) -> None:
    """Sends a whole stage that is not there yet. Raises UserError for a damaged one, and where the URL cannot be written."""
    name = f"stages/{stage.name}/{stage.key}.json"
    if "checksums" not in stage.manifest:
        return
    manifest = (stage.path / "manifest.json").read_bytes()
    size = folder.size(name)
    # One of our size is ours, since objects are written whole; any other is looked at: a disk that was full cuts files short.
    if size == len(manifest) or (size is not None and _is_manifest_of(stage, folder.read(name))):
        return
    stage.check()
    for file, checksum in stage.manifest["checksums"].items():
        folder.send(f"files/{checksum}", stage.path / file)
    there = folder.write_first(name, manifest)
    if there != manifest and not _is_manifest_of(stage, there):
        folder.write(name, manifest)  # nobody can have used what stands there


def _is_manifest_of(stage: Stage, data: bytes | None) -> bool:
    manifest = None if data is None else sealed_manifest(data)
    return manifest is not None and (manifest.get("stage"), manifest.get("key")) == (stage.name, stage.key)


def bring_stage(folder: ObjectFolder, stage: Stage) -> bool:
    """Brings a stage into its folder, whose lock the caller holds; False where it is not there.

    Raises UserError where it is damaged there, or not whole.
    """
    manifest = _read_manifest(folder, stage)
    if manifest is None:
        return False
    make_folder(stage.path)
    for path, checksum in files_named(manifest["checksums"], stage.path, folder.url).items():
        bring_file(folder, checksum, path)
    # Of a stage that was half made here; a whole one with other files in it would be taken for damaged, and made again.
    set_aside_others(stage.path, manifest["checksums"])
    text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_atomically(stage.path / MANIFEST_FILE, text)
    (stage.path / CHECKSUMS_FILE).unlink(missing_ok=True)
    return True


def bring_into(store: Store, folder: ObjectFolder, name: str) -> bool:
    """Brings STAGE/KEY into a store; False where it is whole here already, or not there. One that lost a file gets it again.

    Raises UserError as `bring_stage`, and where another process is making it.
    """
    stage = stage_named(store, name, folder.url)
    if _is_complete(stage) or folder.size(f"stages/{name}.json") is None:
        return False
    with store.not_pruned():
        make_folder(stage.path)
        with locked(stage.path / ".lock", f"Another process is making {name}: wait for it, then pull again."):
            return bring_stage(folder, stage)


def _is_complete(stage: Stage) -> bool:
    """Whether it is whole here and no file of it is gone. Its content is not read: that takes long, and is `store --check`'s."""
    try:
        return stage.whole and all((stage.path / name).is_file() for name in stage.manifest.get("checksums", ()))
    except DamagedError:
        return False


def bring_file(folder: ObjectFolder, checksum: str, path: Path) -> None:
    """A file of the content that its name says; one that came before stays."""
    if path.is_file() and file_checksum(path) == checksum:
        return
    make_folder(path.parent)
    temporary = path.with_name(path.name + ".tmp")
    try:
        folder.fetch(f"files/{checksum}", temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)  # it may be what filled the disk
        raise
    if file_checksum(temporary) != checksum:
        temporary.unlink()
        raise UserError(
            f"{folder.url}/files/{checksum} is damaged (its checksum is another): remove it there, push again from where it "
            "was made, and pull again."
        )
    rename_durably(temporary, path)


def _read_manifest(folder: ObjectFolder, stage: Stage) -> dict[str, Any] | None:
    name = f"stages/{stage.name}/{stage.key}.json"
    data = folder.read(name)
    if data is None:
        return None
    manifest = sealed_manifest(data)
    if manifest is None or not _is_manifest_of(stage, data):
        raise UserError(f"{folder.url}/{name} is damaged, or no stage of ours: remove it there and push again.")
    return manifest
