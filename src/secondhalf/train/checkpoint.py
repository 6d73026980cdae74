"""Checkpoints: whole or not there, safetensors and JSON, never a pickle."""

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

_LOG = logging.getLogger(__name__)
KEPT = 2


def save(folder: Path, step: int, tensors: dict[str, Any], state: dict[str, Any]) -> None:
    """Writes folder/step-N under another name first; keeps the last two. Raises UserError when the disk is full."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    temporary, ready = folder / f"tmp-{step:06d}", folder / f"step-{step:06d}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        save_file(tensors, temporary / "state.safetensors")
        (temporary / "state.json").write_text(json.dumps(state), "utf-8")
    except (OSError, SafetensorError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise UserError(
            f"The checkpoint of step {step} cannot be written to {folder} ({error}): free space there and start again; training "
            "goes on from the checkpoint before it."
        ) from error
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
        except (OSError, ValueError, SafetensorError) as error:
            # By a full disk, perhaps.
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            _LOG.warning("the checkpoint %s is broken (%s): the one before it is used.", path, reason)
    return None
