"""Whether a training fits into memory, said before it starts, with the settings that would."""

from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.weights.size import size_of
from secondhalf.train.resources.device import Device
from secondhalf.train.resources.estimate import ResourceEstimate, estimate_resources
from secondhalf.train.settings import TrainSettings

# Settings that need less memory, those that change the result least first.
_SMALLER: tuple[dict[str, Any], ...] = (
    {"tokens_per_batch": 256},
    {"tokens_per_batch": 128},
    {"method": "lora"},
    {"method": "lora", "tokens_per_batch": 128},
    {"method": "qlora", "tokens_per_batch": 128},
)


def check_memory(student: Path, settings: TrainSettings, longest: int, device: Device) -> ResourceEstimate | None:
    """What the training takes; None where the student's size is unknown. `longest`: tokens of the longest pair.

    Raises UserError when not even gradient checkpointing makes it fit, naming a setting that would.
    """
    size = size_of(str(student))
    if size is None:
        return None
    estimate = estimate_resources(size, settings, settings.method, device, longest)
    needed = estimate.memory if settings.gradient_checkpointing == "off" else estimate.checkpointed_memory
    if needed <= device.memory:
        return estimate
    advice = "choose a smaller student, or a machine with more memory"
    checkpointed = ({"gradient_checkpointing": "on"},) if settings.gradient_checkpointing == "off" else ()
    for changes in (*checkpointed, *_SMALLER):
        other = settings.model_copy(update=changes)
        if (other.method == "qlora" and not device.gpu) or other.tokens_per_batch > settings.tokens_per_batch:
            continue
        memory = estimate_resources(size, other, other.method, device, longest).checkpointed_memory
        if memory <= device.memory:
            named = ", ".join(f"train.{name} to {value}" for name, value in changes.items())
            advice = f"set {named} ({_gb(memory)})"
            break
    raise UserError(
        f"Training the student needs about {_gb(needed)} of memory, {_gb(device.memory)} are free: {advice}."
    )


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
