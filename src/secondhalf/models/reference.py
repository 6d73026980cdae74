"""Where a model comes from: the one place that turns a reference into files and their hash.

    package:NAME/FILE          a file inside an installed Python package (joined from NAME_partN/FILE.partNN if cut up)
    package:NAME/FOLDER        a folder with safetensors inside one
    hf:ORG/NAME@REVISION       a hub repository; hf:ORG/NAME@REVISION:FILE for one file of it; hf:datasets/... of a data set
    a path                     a GGUF file or a folder with safetensors

Any of them may end in #sha256=HEX, and then the file's hash must be that one. Only `hf:` reaches a network.
No package is imported, so a package with a model in it runs no code.
"""

import errno
import hashlib
import importlib.util
import os
import secrets
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.folder import check_folder, model_files
from secondhalf.models.hub.download import fetch
from secondhalf.models.hub.reference import HubReference
from secondhalf.store.faults import is_allowed, place_fault, user_name
from secondhalf.store.files import flush

ENGINES = ("embedded", "transformers", "vllm")  # a teacher's reference may begin with one: transformers:PATH


def split_engine(reference: str) -> tuple[str, str]:
    """The engine that a teacher's reference names ("" for the fastest one), and the reference without it."""
    kind, _, location = reference.partition(":")
    return (kind, location) if kind in ENGINES else ("", reference)


@dataclass(frozen=True)
class Model:
    """A resolved reference. `identity` is what decides keys: the SHA-256 of the file, or of a folder's files."""

    reference: str
    path: Path
    identity: str

    @property
    def is_gguf(self) -> bool:
        """Whether it is one GGUF file, and not a folder of safetensors."""
        return self.path.suffix == ".gguf"


def cache_folder() -> Path:
    """The user's cache: $SECONDHALF_CACHE, else $XDG_CACHE_HOME/secondhalf, else ~/.cache/secondhalf.

    Raises UserError where none is named and the user has no home.
    """
    own = os.environ.get("SECONDHALF_CACHE")
    if own:
        return user_path(own, "SECONDHALF_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():  # others are to be ignored, says the XDG specification
        return Path(shared) / "secondhalf"
    return user_path("~/.cache/secondhalf", "SECONDHALF_CACHE")


def cache_place(*names: str) -> Path:
    """The path below the cache folder, whose folder is made. Raises UserError where it cannot be."""
    path = cache_folder().joinpath(*names)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not is_allowed(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
    except OSError as error:
        raise place_fault(path.parent, error, "set SECONDHALF_CACHE to a folder that you may write") from error
    return path


def user_path(path: str, name: str) -> Path:
    """The path with `~` replaced by the home folder. Raises UserError, naming the setting, where the user has none."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        mend = "set it to" if path.startswith("~/.cache") else "write it as"
        raise UserError(
            f"{name}: {user_name(os.geteuid())} has no home folder (HOME is not set): {mend} a folder's whole path, from / on."
        ) from error


def check_placed(teacher: str) -> None:
    """Raises UserError for a path without a file: mostly what a server calls a model, where no server is named."""
    location = teacher.partition("#sha256=")[0]
    if not location.startswith(("package:", "hf:")) and not user_path(location, location).exists():
        raise UserError(
            f"There is no model at {location}: correct the path, use package:NAME/FILE or hf:ORG/NAME, or, where a server "
            "has it, name the server (server.urls beside it)."
        )


@cache
def resolve(reference: str | Path) -> Model:
    """The files behind a reference. Raises UserError when they are missing, may not be loaded, or have another hash.

    >>> import secondhalf
    >>> secondhalf.resolve("nowhere.gguf")
    Traceback (most recent call last):
        ...
    secondhalf.errors.UserError: There is no model at nowhere.gguf: correct the path, or use package:NAME/FILE or hf:ORG/NAME.
    """
    reference = str(reference)
    location, _, expected = reference.partition("#sha256=")
    if location.startswith("package:"):
        path = _from_package(location)
    elif location.startswith("hf:"):
        path = _from_hub(location)
    else:
        path = user_path(location, location)
        if not path.exists():
            raise UserError(
                f"There is no model at {location}: correct the path, or use package:NAME/FILE or hf:ORG/NAME."
            )
    if path.is_dir():
        check_folder(path)
    identity = file_hash(path) if path.is_file() else folder_hash(path)
    if expected and identity != expected.lower():
        raise UserError(
            f"{location} has the SHA-256 {identity}, the recipe expects {expected}: it is not the file meant."
        )
    return Model(reference, path, identity)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_hash(folder: Path) -> str:
    """SHA-256 over the names and hashes of all files that the model in a folder is loaded from."""
    sha = hashlib.sha256()
    for path in model_files(folder):
        sha.update(f"{path.relative_to(folder).as_posix()} {file_hash(path)}\n".encode())
    return sha.hexdigest()


def _package_folder(name: str) -> Path | None:
    if not name.isidentifier():
        raise UserError(f"{name!r} is no package name: write package:NAME/FILE.")
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _from_package(location: str) -> Path:
    name, _, file = location.removeprefix("package:").partition("/")
    folder = _package_folder(name)
    if folder is None:
        raise UserError(
            f"The package {name} is not installed: {install.packages('--no-deps', name.replace('_', '-'))}."
        )
    for candidate in (folder / file, folder / "data" / file):
        is_inside = file and candidate.resolve().is_relative_to(folder.resolve())
        if is_inside and (candidate.is_file() or (candidate / "config.json").is_file()):
            return candidate
    parts = _parts(name, folder, file)
    if not parts:
        raise UserError(f"The package {name} holds no file {file}: check the name after the slash.")
    return _join_parts(name, file, parts)


def _parts(name: str, folder: Path, file: str) -> list[Path]:
    """FILE.part00, FILE.part01, ... in the package or in its sister packages NAME_partN."""
    sisters = [path for path in folder.parent.glob(f"{name}_part*") if path.is_dir() and path.name.isidentifier()]
    parts = [part for home in (folder, *sisters) for part in home.rglob("*") if part.name.startswith(file + ".part")]
    return sorted(parts, key=lambda part: part.name)


def _join_parts(name: str, file: str, parts: list[Path]) -> Path:
    whole = cache_folder() / "packages" / name / file
    size = sum(part.stat().st_size for part in parts)
    if os.path.isfile(whole) and os.path.getsize(whole) == size:
        return whole
    cache_place("packages", name, file)
    temporary = whole.with_name(f"tmp-{secrets.token_hex(8)}")
    with temporary.open("xb") as out:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, out)
    flush(temporary)
    temporary.replace(whole)
    return whole


def _from_hub(location: str) -> Path:
    reference = HubReference.parse(location)
    if not os.environ.keys() & {"HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME"}:
        user_path("~/.cache/huggingface", "HF_HOME")  # the hub's client makes a folder named ~ where there is no home
    return fetch(reference)
