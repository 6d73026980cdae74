"""Whether a training fits into memory, said before it starts, with the settings that would."""

from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.weights.size import size_of
from secondhalf.train.resource_estimate import Device, ResourceEstimate, estimate_resources
from secondhalf.train.settings import TrainSettings

# What may be changed, the least loss first.
_WAYS: tuple[dict[str, Any], ...] = (
    {"tokens_per_batch": 256},
    {"tokens_per_batch": 128},
    {"method": "lora"},
    {"method": "lora", "tokens_per_batch": 128},
    {"method": "qlora", "tokens_per_batch": 128},
)


def check_memory(student: Path, settings: TrainSettings, longest: int, device: Device) -> ResourceEstimate | None:
    """What the training takes; None where the student's size cannot be told. `longest`: tokens of the longest pair.

    Raises UserError when not even gradient checkpointing makes it fit, naming a setting that would.
    """
    size = size_of(str(student))
    if size is None:
        return None
    took = estimate_resources(size, settings, settings.method, device, longest)
    least = took.memory if settings.gradient_checkpointing == "off" else took.least
    if least <= device.memory:
        return took
    ways = []
    for way in _WAYS if settings.gradient_checkpointing != "off" else ({"gradient_checkpointing": "on"}, *_WAYS):
        other = settings.model_copy(update=way)
        if (other.method == "qlora" and not device.gpu) or other.tokens_per_batch > settings.tokens_per_batch:
            continue
        fits = estimate_resources(size, other, other.method, device, longest).least
        if fits <= device.memory:
            ways.append(f"set {', '.join(f'train.{name} to {value}' for name, value in way.items())} ({_gb(fits)})")
            break
    mend = ways[0] if ways else "choose a smaller student, or a machine with more memory"
    raise UserError(f"Training the student needs about {_gb(least)} of memory, {_gb(device.memory)} are free: {mend}.")


def _gb(size: float) -> str:
    return f"{size / 1e9:.1f} GB"
