"""Our wheel, built of the sources as a clone has them, and an environment that it is installed in beside this one's packages."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from support import ROOT
from support.other_user import NAMELESS

_SOURCES = ("pyproject.toml", "README.md", "LICENSE")


def sources(folder: Path) -> Path:
    """A copy of what a package is built of, links as links."""
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("src", "recipes"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    for name in _SOURCES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def build_wheel(source: Path, out: Path) -> Path:
    """The wheel of a folder of sources or of a source distribution; nothing is fetched."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(out),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True, cwd=out.parent)
    return next(out.glob("*.whl"))


def interpreter_for_others() -> str:
    """An interpreter of this version that an ordinary user may run; this one where there is no other."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folders = (sysconfig.get_config_var("BINDIR"), "/usr/bin", "/usr/local/bin")
    return next(
        (path for path in (f"{folder}/{version}" for folder in folders) if _others_may_run(path)), sys.executable
    )


def _others_may_run(path: str) -> bool:
    try:
        return subprocess.run([path, "-c", ""], check=False, **as_other()).returncode == 0
    except OSError:
        return False


def as_other() -> dict[str, Any]:
    """Arguments of subprocess.run that make it another user's, where this user may do that."""
    return {"user": NAMELESS, "group": NAMELESS, "extra_groups": []} if os.geteuid() == 0 else {}


def environment_with(wheel: Path, folder: Path) -> Path:
    """The bin folder of a new environment with the wheel; of other packages it has those that this one has."""
    subprocess.run([interpreter_for_others(), "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--no-compile",
    ]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    [packages] = folder.glob("lib/python*/site-packages")
    theirs = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    (packages / "theirs.pth").write_text("\n".join(theirs) + "\n", "utf-8")
    return folder / "bin"
