"""Stops training when the held-out loss no longer falls, and keeps the weights of its lowest point.

Everything is decided by the log alone, and a measurement that counts is always a checkpoint as well: a run that was
killed stops at the same step with the same weights. The weights are files of their own, best-N.safetensors.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.settings import Settings

# A broken checkpoint sends training back to the one before it, so the best weights of that one are needed still.
KEPT = 2


class EarlyStoppingSettings(Settings):
    """When to stop before all steps are done. Off by default: the paper does not say that it stopped early."""

    patience: int = Field(0, ge=0)
    """Stop after so many measurements in a row without a new lowest held-out loss. 0: never, and the last weights are kept."""

    steps: int = Field(10, ge=1)
    """Steps between two measurements that count; each is a checkpoint too."""

    least: float = Field(0.0, ge=0)
    """A loss is a new lowest one when it is lower by more than this, in nats a token."""


class EarlyStopping:
    """Watches one training run of `total` steps that keeps its checkpoints in `folder`."""

    def __init__(self, settings: EarlyStoppingSettings, total: int, held_out: int, folder: Path) -> None:
        if settings.patience and not held_out:
            raise UserError(
                "train.early_stopping needs held-out pairs, and there is none: raise train.held_out, or set "
                "train.early_stopping.patience to 0."
            )
        self._settings, self._total, self._folder = settings, total, folder

    def due(self, step: int) -> bool:
        """True when the held-out loss after this step counts: it has to be measured, and a checkpoint be written."""
        return bool(self._settings.patience) and (step % self._settings.steps == 0 or step == self._total)

    def over(self, log: list[dict[str, Any]]) -> bool:
        """True when patience has run out."""
        counted = [row["step"] for row in log if self.due(row["step"])]
        best = self.best(log)
        return best is not None and len([step for step in counted if step > best]) >= self._settings.patience

    def best(self, log: list[dict[str, Any]]) -> int | None:
        """The step with the lowest held-out loss so far; None where none was measured."""
        step, lowest = None, float("inf")
        for row in log:
            if self.due(row["step"]) and row["held_out"] < lowest - self._settings.least:
                step, lowest = row["step"], row["held_out"]
        return step

    def keep(self, log: list[dict[str, Any]], weights: Mapping[str, Any]) -> None:
        """Writes the weights when the newest step is the best. To be called before its checkpoint is written."""
        if log[-1]["step"] != self.best(log):
            return
        from safetensors.torch import save_file

        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(log[-1]["step"])
        temporary = path.with_suffix(".tmp")
        save_file({name: weight.detach().contiguous() for name, weight in weights.items()}, temporary)
        temporary.replace(path)
        for old in sorted(self._folder.glob("best-*.safetensors"))[:-KEPT]:
            old.unlink()

    def restore(self, log: list[dict[str, Any]], weights: Mapping[str, Any]) -> None:
        """Puts the best step's weights in the place of the last one's."""
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        best = self.best(log)
        if best is None or best == log[-1]["step"]:
            return
        try:
            kept = load_file(self._path(best))
        except (OSError, SafetensorError) as error:
            raise UserError(
                f"{self._path(best)} cannot be read ({error}): remove {self._folder} and train again."
            ) from error
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(kept[name])

    def _path(self, step: int) -> Path:
        return self._folder / f"best-{step:06d}.safetensors"


def early_stopping_summary(settings: EarlyStoppingSettings, log: list[dict[str, Any]]) -> dict[str, Any]:
    """What a manifest says of a finished log: the step whose weights were kept, and whether patience ran out.

    Nothing where stopping is off.
    """
    watch = EarlyStopping(settings, log[-1]["step"], 1, Path())
    best = watch.best(log)
    return {} if best is None else {"best_step": best, "stopped_early": watch.over(log)}
