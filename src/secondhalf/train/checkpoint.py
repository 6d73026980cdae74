"""Checkpoints: whole or not there, safetensors and JSON, never a pickle."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

KEPT = 2


def save(folder: Path, step: int, tensors: dict[str, Any], state: dict[str, Any]) -> None:
    """Writes folder/step-N under another name first; keeps the last two."""
    from safetensors.torch import save_file

    temporary, ready = folder / f"tmp-{step:06d}", folder / f"step-{step:06d}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(tensors, temporary / "state.safetensors")
    (temporary / "state.json").write_text(json.dumps(state), "utf-8")
    shutil.rmtree(ready, ignore_errors=True)
    os.rename(temporary, ready)
    for old in sorted(folder.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old)


def last(folder: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Tensors and state of the newest checkpoint that can be read; None when there is none."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for path in sorted(folder.glob("step-*"), reverse=True):
        try:
            return load_file(path / "state.safetensors"), json.loads((path / "state.json").read_text("utf-8"))
        except (OSError, ValueError, SafetensorError):
            continue  # broken, by a full disk perhaps: the one before it serves
    return None
