"""The command that adds an extra to this installation: from a clone, a wheel, a repository or an index, by pip or uv.

`pip install 'secondhalf[train]'` is for an installation from an index alone: from a clone it would fetch another package.
"""

import json
import os
import re
import shlex
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# Paths are asked by os.path: what this user may not look at is as good as gone, and no error.
_NAME = "secondhalf"
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")


def extra(name: str) -> str:
    """The command that installs an extra, in the marks that commands have in our sentences."""
    if _is_tool():
        return f"`uv tool install --force {_requirement(name)}`"
    if _is_fleeting():
        return f"`uvx --from {_requirement(name)} {_NAME} ...`"
    return f"`{_installer()} {_requirement(name)}`"


def packages(*requirements: str) -> str:
    """The command that installs other packages beside ours."""
    # An environment of uv's is made anew from what its command names, and is not to be changed.
    beside = " ".join(f"--with {shlex.quote(one)}" for one in requirements if not one.startswith("-"))
    if _is_tool():
        return f"`uv tool install --force {beside} {_requirement('')}`"
    if _is_fleeting():
        return f"`uvx {beside} --from {_requirement('')} {_NAME} ...`"
    return f"`{_installer()} {' '.join(shlex.quote(one) for one in requirements)}`"


def _is_tool() -> bool:
    return os.path.isfile(os.path.join(sys.prefix, "uv-receipt.toml"))


def _is_fleeting() -> bool:
    """Whether uv made this environment for one command, in its cache."""
    return any(part.startswith(("archive-v", "environments-v")) for part in Path(sys.prefix).parts)


def _installer() -> str:
    if find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(sys.executable)}"
    folder = Path(sys.executable).parent
    first = next(
        (place for place in os.environ.get("PATH", "").split(os.pathsep) if os.path.exists(os.path.join(place, "pip"))),
        "",
    )
    return "pip install" if first and Path(first) == folder else f"{shlex.quote(sys.executable)} -m pip install"


def _requirement(name: str) -> str:
    """What pip is told: how we were installed, with the extra; the extra's own packages where that is there no more.

    `name`: "" for no extra.
    """
    extra_of_it = f"[{name}]" if name else ""
    try:
        ours = distribution(_NAME)
    except PackageNotFoundError:  # the sources on PYTHONPATH
        root = Path(__file__).parents[2]
        return (
            _quoted(f"{root}{extra_of_it}")
            if os.path.isfile(root / "pyproject.toml")
            else _quoted(f"{_NAME}{extra_of_it}")
        )
    origin = _origin(ours)
    url = str(origin.get("url", ""))
    path = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None
    if path and not os.path.exists(path):
        return " ".join(_quoted(one) for one in _packages_of(ours, name)) or _quoted(f"{_NAME}{extra_of_it}")
    if path and os.path.isdir(path):
        editable = "-e " if origin.get("dir_info", {}).get("editable") else ""
        return editable + _quoted(f"{path}{extra_of_it}")
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        url = f"{vcs.get('vcs', 'git')}+{url}@{vcs.get('commit_id', 'HEAD')}"
    return _quoted(f"{_NAME}{extra_of_it} @ {url}" if url else f"{_NAME}{extra_of_it}")


def _origin(ours: Distribution) -> dict[str, Any]:
    """Where pip or uv took us from (PEP 610); nothing for an index."""
    try:
        origin = json.loads(ours.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return origin if isinstance(origin, dict) else {}


def _packages_of(ours: Distribution, name: str) -> list[str]:
    parts = [requirement.partition(";") for requirement in ours.requires or []]
    return [package.strip() for package, _, marker in parts if name in _EXTRA.findall(marker)]


def _quoted(text: str) -> str:
    """In single quotes, which every shell needs around brackets."""
    return f"'{text}'" if "'" not in text else shlex.quote(text)
