"""Checksums of files: how a bit that flipped is told from what was written.

A finished stage has those of its files in its manifest. A folder that is still written to has `checksums.txt`, a line
`HEX  NAME` for each file (`xxh128sum -c` reads it), put there before the file gets its name: a process killed anywhere leaves
no file whose line is missing. A file that is written anew has several lines, and any of them will do. XXH3 takes 0.1 s for a
gigabyte; it tells damage, and is no defence against somebody who means harm.
"""

import errno
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import xxhash

from secondhalf.errors import UserError
from secondhalf.store.files import open_file

CHECKSUMS_FILE, MANIFEST_FILE = "checksums.txt", "manifest.json"
_LINE = re.compile(r"([0-9a-f]{32})  (.+)")
# What a stage's folder holds beside its results: nothing reads it once the stage is whole.
_BESIDE = {".lock", MANIFEST_FILE, CHECKSUMS_FILE}
_checksums: dict[tuple[int, ...], str] = {}
"""Of files as this process saw them, by their version: a large file is not read for every look at its stage."""


class DamagedError(UserError):
    """A stage's file that is not as it was written; the stage can be made again."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is damaged ({reason}): the next `secondhalf run` of its recipe makes the stage again."
        )
        self.path, self.reason = path, reason


def checksum(data: bytes | memoryview) -> str:
    """XXH3 of 128 bits, as 32 hex digits."""
    return xxhash.xxh3_128_hexdigest(data)


def to_read(path: Path) -> Path:
    """The path, where a file stands there. Raises FileNotFoundError, also for a pipe or a device, whose end never comes."""
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return path


def file_checksum(path: Path) -> str:
    """The same of a file; read again only when its size or its time has changed. Raises OSError."""
    key = _version(path)
    if key not in _checksums:
        state = xxhash.xxh3_128()
        with to_read(path).open("rb") as file:
            while chunk := file.read(1 << 20):
                state.update(chunk)
        _checksums[key] = state.hexdigest()
    return _checksums[key]


def record(folder: Path, name: str, value: str) -> None:
    """Adds a line to the folder's checksums, before the file gets its name."""
    # In one call, so that a kill leaves it whole or not there, and behind a line of its own where power was cut in one.
    handle = open_file(folder / CHECKSUMS_FILE)
    try:
        os.write(handle, f"\n{value}  {name}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def recorded(folder: Path) -> dict[str, set[str]]:
    """The checksums that each file of a folder may have; none for a folder of before there were any."""
    path = folder / CHECKSUMS_FILE
    return _recorded(path, _version(path)) if path.is_file() else {}


@lru_cache(maxsize=8)
def _recorded(path: Path, version: tuple[int, ...]) -> dict[str, set[str]]:
    del version  # the file as it is now
    values: dict[str, set[str]] = {}
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    for match in filter(None, map(_LINE.fullmatch, lines)):
        values.setdefault(match[2], set()).add(match[1])
    return values


def is_damaged(path: Path) -> bool:
    """Whether a file is another than those that its folder's checksums name; False where they name none."""
    values = recorded(path.parent).get(path.name, set())
    if not values or not path.is_file():
        return False
    value = file_checksum(path)
    # Another process may have written it anew since the lines were read; its line was there before.
    return value not in values and value not in recorded(path.parent).get(path.name, set())


def stage_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What a stage is made of, by its name in the folder, in order."""
    for path in sorted(folder.rglob("*")):
        if path.name not in _BESIDE and path.suffix != ".tmp" and path.is_file():
            yield path.relative_to(folder).as_posix(), path


def sealed(manifest: Mapping[str, object], folder: Path) -> dict[str, object]:
    """The manifest with the checksums of the folder's files and its own.

    Raises DamagedError when one is no longer what was written.
    """
    files = {name: file_checksum(path) for name, path in stage_files(folder)}
    for name, values in recorded(folder).items():
        if name in files and files[name] not in values:
            raise DamagedError(folder / name, _OTHER)
    unsealed = json.loads(json.dumps({**manifest, "checksums": files}))
    return {**unsealed, "checksum": _own(unsealed)}


def read_manifest(folder: Path) -> dict[str, Any]:
    """A stage's manifest, `checksum` and `checksums` included where it has them; those before 0.3 have none.

    Raises DamagedError when it is missing or damaged.
    """
    path = folder / MANIFEST_FILE
    try:
        manifest = json.loads(to_read(path).read_bytes())
        if not isinstance(manifest, dict):
            raise ValueError("it is no JSON object")
    except FileNotFoundError as error:
        raise DamagedError(path, _MISSING) from error
    except (ValueError, RecursionError) as error:
        raise DamagedError(path, str(error).splitlines()[0]) from error
    # One of the two is enough to know that there were both: a flipped bit makes no older manifest of it.
    if "checksum" in manifest or "checksums" in manifest:
        unsealed = {name: value for name, value in manifest.items() if name != "checksum"}
        if manifest.get("checksum") != _own(unsealed) or "checksums" not in manifest:
            raise DamagedError(path, _OTHER)
    return manifest


def sealed_manifest(data: bytes) -> dict[str, Any] | None:
    """The manifest that these bytes are; None where they are none of a whole stage with checksums, or damaged."""
    try:
        manifest = json.loads(data)
        unsealed = {name: value for name, value in manifest.items() if name != "checksum"}
        whole = manifest["checksum"] == _own(unsealed) and isinstance(manifest["checksums"], dict)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return manifest if whole else None


def expected_checksums(folder: Path) -> dict[str, set[str]] | None:
    """By name, what the files of a stage may have: all of them where it is whole, those written so far where it is not.

    None for a whole stage of before there were checksums. Raises DamagedError when the manifest is damaged.
    """
    path = folder / MANIFEST_FILE
    return _of_manifest(folder, _version(path)) if path.is_file() else recorded(folder)


@lru_cache(maxsize=64)
def _of_manifest(folder: Path, version: tuple[int, ...]) -> dict[str, set[str]] | None:
    del version  # the file as it is now
    values = read_manifest(folder).get("checksums")
    return None if values is None else {name: {value} for name, value in values.items()}


def read_file(folder: Path, path: Path) -> bytes:
    """The content of a stage's file. Raises DamagedError when it is missing, or another than was written."""
    try:
        data = to_read(path).read_bytes()
    except FileNotFoundError as error:
        raise DamagedError(path, _MISSING) from error
    check_content(folder, path, data)
    return data


def check_content(folder: Path, path: Path, data: bytes | memoryview) -> None:
    """Raises DamagedError where the content of a stage's file is another than was written."""
    expected = expected_checksums(folder)
    name = path.relative_to(folder).as_posix()
    if expected is None or (name not in expected and not (folder / MANIFEST_FILE).is_file()):
        return
    if checksum(data) not in expected.get(name, set()):
        raise DamagedError(path, _OTHER)


def check_file(folder: Path, path: Path) -> None:
    """Raises DamagedError for a stage's file that is another than was written; read again only when it has changed."""
    expected = expected_checksums(folder)
    name = path.relative_to(folder).as_posix()
    if expected is None or (name not in expected and not (folder / MANIFEST_FILE).is_file()):
        return
    try:
        value = file_checksum(path)
    except FileNotFoundError as error:
        raise DamagedError(path, _MISSING) from error
    if value not in expected.get(name, set()):
        raise DamagedError(path, _OTHER)


def find_damage(folder: Path) -> DamagedError | None:
    """What is wrong with a stage, whole or half made: a missing file, a strange one, or another content. Reads every file."""
    try:
        expected = expected_checksums(folder)
    except DamagedError as error:
        return error
    files, whole = dict(stage_files(folder)), (folder / MANIFEST_FILE).is_file()
    if expected is None:
        return None
    for name in sorted(expected.keys() | files.keys()) if whole else sorted(expected.keys() & files.keys()):
        if name not in files:
            return DamagedError(folder / name, _MISSING)
        if name not in expected:
            return DamagedError(folder / name, "it is no file of this stage")
        if file_checksum(files[name]) not in expected[name]:
            return DamagedError(folder / name, _OTHER)
    return None


_MISSING, _OTHER = "it is missing", "its checksum is another"


def _version(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _own(manifest: Mapping[str, object]) -> str:
    return checksum(json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass"))
