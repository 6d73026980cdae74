"""Checkpoints: whole or not there, safetensors and JSON, never a pickle.

FOLDER/step-N/state.safetensors   the optimizer's state_dict after step N
FOLDER/step-N/state.json          what else training goes on from, such as its log
FOLDER/step-N/checksums.txt       of both
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from secondhalf.errors import UserError
from secondhalf.store.checksums import file_checksum, is_damaged, record
from secondhalf.store.files import keep_tree, make_folder

if TYPE_CHECKING:
    import torch

_LOG = logging.getLogger(__name__)
CHECKPOINTS_KEPT = 2
_FILES = ("state.safetensors", "state.json")


class Checkpoint(NamedTuple):
    """What a checkpoint holds: tensors by name, and JSON."""

    tensors: dict[str, torch.Tensor]
    state: dict[str, Any]


def save_checkpoint(folder: Path, step: int, tensors: Mapping[str, torch.Tensor], state: Mapping[str, object]) -> None:
    """Writes folder/step-N under another name first; keeps the last two. Raises UserError when the disk is full."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    temporary, path = folder / f"tmp-{step:06d}", folder / f"step-{step:06d}"
    shutil.rmtree(temporary, ignore_errors=True)
    make_folder(temporary)
    try:
        save_file(tensors, temporary / "state.safetensors")
        (temporary / "state.json").write_text(json.dumps(state), "utf-8")
        for name in _FILES:
            record(temporary, name, file_checksum(temporary / name))
        keep_tree(temporary)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise UserError(
            f"The checkpoint of step {step} cannot be written to {folder} ({error}): free space there and start again; training "
            "goes on from the checkpoint before it."
        ) from error
    shutil.rmtree(path, ignore_errors=True)
    os.rename(temporary, path)
    for old in sorted(folder.glob("step-*"))[:-CHECKPOINTS_KEPT]:
        shutil.rmtree(old)


def load_last_checkpoint(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read; None when there is none."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for path in sorted(folder.glob("step-*"), reverse=True):
        try:
            if other := [name for name in _FILES if is_damaged(path / name)]:
                raise ValueError(f"the checksum of {other[0]} is another")
            state = json.loads((path / "state.json").read_text("utf-8"))
            return Checkpoint(load_file(path / "state.safetensors"), state)
        except (OSError, ValueError, SafetensorError) as error:
            # By a full disk, perhaps.
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            _LOG.warning("the checkpoint %s is broken (%s): the one before it is used.", path, reason)
    return None
