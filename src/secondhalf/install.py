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

_NAME = "secondhalf"
_EXTRA = re.compile(r"""extra\s*==\s*["']([\w-]+)["']""")


def extra(name: str) -> str:
    """The command that installs an extra, in the marks that commands have in our sentences."""
    if Path(sys.prefix, "uv-receipt.toml").is_file():
        return f"`uv tool install --force {_requirement(name)}`"
    if _is_fleeting():
        return f"`uvx --from {_requirement(name)} {_NAME} ...`"
    return f"`{_installer()} {_requirement(name)}`"


def packages(*requirements: str) -> str:
    """The command that installs other packages beside ours."""
    return f"`{_installer()} {' '.join(shlex.quote(one) for one in requirements)}`"


def _is_fleeting() -> bool:
    """Whether uv made this environment for one command, in its cache."""
    return any(part.startswith(("archive-v", "environments-v")) for part in Path(sys.prefix).parts)


def _installer() -> str:
    if find_spec("pip") is None:
        return f"uv pip install --python {shlex.quote(sys.executable)}"
    folder = Path(sys.executable).parent
    first = next((place for place in os.environ.get("PATH", "").split(os.pathsep) if Path(place, "pip").exists()), "")
    return "pip install" if first and Path(first) == folder else f"{shlex.quote(sys.executable)} -m pip install"


def _requirement(name: str) -> str:
    """What pip is told: how we were installed, with the extra; the extra's own packages where that is there no more."""
    try:
        ours = distribution(_NAME)
    except PackageNotFoundError:  # the sources on PYTHONPATH
        root = Path(__file__).parents[2]
        return _quoted(f"{root}[{name}]") if (root / "pyproject.toml").is_file() else _quoted(f"{_NAME}[{name}]")
    origin = _origin(ours)
    url = str(origin.get("url", ""))
    path = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else None
    if path and not path.exists():
        return " ".join(_quoted(one) for one in _packages_of(ours, name)) or _quoted(f"{_NAME}[{name}]")
    if path and path.is_dir():
        editable = "-e " if origin.get("dir_info", {}).get("editable") else ""
        return editable + _quoted(f"{path}[{name}]")
    if "vcs_info" in origin:
        vcs = origin["vcs_info"]
        url = f"{vcs.get('vcs', 'git')}+{url}@{vcs.get('commit_id', 'HEAD')}"
    return _quoted(f"{_NAME}[{name}] @ {url}" if url else f"{_NAME}[{name}]")


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
