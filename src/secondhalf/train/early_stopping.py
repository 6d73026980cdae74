"""Stops training when the held-out loss no longer falls, and keeps the weights of its lowest point.

Everything is decided by the log alone, and a measurement that counts is always a checkpoint as well: a run that was
killed stops at the same step with the same weights. The weights are files of their own, best-N.safetensors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.settings import Settings
from secondhalf.store.checksums import file_checksum, is_damaged, record
from secondhalf.store.files import make_folder, rename_durably
from secondhalf.train.log import LogRow

if TYPE_CHECKING:
    import torch

# A broken checkpoint sends training back to the one before it, so the best weights of that one are needed still.
BEST_WEIGHTS_KEPT = 2


class EarlyStoppingSettings(Settings):
    """When to stop before all steps are done. Off by default: the paper does not say that it stopped early."""

    patience: int = Field(0, ge=0)
    """Stop after so many measurements in a row without a new lowest held-out loss. 0: never, and the last weights are kept."""

    steps: int = Field(10, ge=1)
    """Steps between two measurements that count; each is a checkpoint too."""

    least: float = Field(0.0, ge=0)
    """A loss is a new lowest one when it is lower by more than this, in nats a token."""


class EarlyStopping:
    """Watches one training run of `total_steps` that keeps its checkpoints in `folder`.

    Raises UserError when there are no held-out pairs to stop by.
    """

    def __init__(self, settings: EarlyStoppingSettings, total_steps: int, held_out_count: int, folder: Path) -> None:
        if settings.patience and not held_out_count:
            raise UserError(
                "train.early_stopping needs held-out pairs, and there is none: raise train.held_out, or set "
                "train.early_stopping.patience to 0."
            )
        self._settings, self._total_steps, self._folder = settings, total_steps, folder

    def is_evaluation_step(self, step: int) -> bool:
        """True when the held-out loss after this step counts: it has to be measured, and a checkpoint be written."""
        return bool(self._settings.patience) and (step % self._settings.steps == 0 or step == self._total_steps)

    def should_stop(self, log: Sequence[LogRow]) -> bool:
        """True when patience has run out."""
        evaluated = [row["step"] for row in log if self.is_evaluation_step(row["step"])]
        best = self.best_step(log)
        return best is not None and sum(step > best for step in evaluated) >= self._settings.patience

    def best_step(self, log: Sequence[LogRow]) -> int | None:
        """The step with the lowest held-out loss so far; None where none was measured."""
        best, lowest = None, float("inf")
        for row in log:
            loss = row["held_out"]
            if loss is None or not self.is_evaluation_step(row["step"]):
                continue
            if loss < lowest - self._settings.least:
                best, lowest = row["step"], loss
        return best

    def save_best(self, log: Sequence[LogRow], weights: Mapping[str, torch.Tensor]) -> None:
        """Writes the weights when the newest step is the best. To be called before its checkpoint is written."""
        if log[-1]["step"] != self.best_step(log):
            return
        from safetensors.torch import save_file

        make_folder(self._folder)
        path = self._path(log[-1]["step"])
        temporary = path.with_suffix(".tmp")
        save_file({name: weight.detach().contiguous() for name, weight in weights.items()}, temporary)
        record(self._folder, path.name, file_checksum(temporary))
        rename_durably(temporary, path)
        for old in sorted(self._folder.glob("best-*.safetensors"))[:-BEST_WEIGHTS_KEPT]:
            old.unlink()

    def load_best(self, log: Sequence[LogRow], weights: Mapping[str, torch.Tensor]) -> None:
        """Copies the best step's weights over the last one's, in place. Raises UserError when they are gone or damaged."""
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        best = self.best_step(log)
        if best is None or best == log[-1]["step"]:
            return
        try:
            if is_damaged(self._path(best)):
                raise OSError("its checksum is another")
            best_weights = load_file(self._path(best))
        except (OSError, SafetensorError) as error:
            raise UserError(
                f"{self._path(best)} cannot be read ({error}): remove {self._folder} and train again."
            ) from error
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(best_weights[name])

    def _path(self, step: int) -> Path:
        return self._folder / f"best-{step:06d}.safetensors"


def early_stopping_summary(settings: EarlyStoppingSettings, log: Sequence[LogRow]) -> dict[str, Any]:
    """The manifest's entries on a finished log: the step whose weights were kept, and whether patience ran out.

    Nothing where stopping is off.
    """
    stopping = EarlyStopping(settings, log[-1]["step"], 1, Path())
    best = stopping.best_step(log)
    return {} if best is None else {"best_step": best, "stopped_early": stopping.should_stop(log)}
