"""What training a student takes in memory and time, from its size alone: nothing is loaded.

Time is counted in multiplications: a token costs two for each weight it meets forward and as many backward for the
activations, and with full fine-tuning as many again for the weights. Right to a factor of two in the cases that were
measured.
"""

from dataclasses import dataclass
from typing import Literal

from secondhalf.models.weights.packing import CHUNK_BYTES
from secondhalf.models.weights.size import Size
from secondhalf.train.resources.device import Device
from secondhalf.train.settings import TrainSettings

Method = Literal["lora", "qlora", "dora", "full"]
METHODS: tuple[Method, ...] = ("lora", "qlora", "dora", "full")

_LABELLED = 0.5  # share of the tokens that meet the output layer
_SLOWER: dict[Method, float] = {
    "lora": 1.0,
    "qlora": 1.3,
    "dora": 1.4,
    "full": 1.0,
}  # rough: dequantising, norms of weights
_PROCESS_BYTES = 0.75e9  # Python with torch and transformers; on a GPU the CUDA context
_TRAINED_BYTES = 20  # a trained weight: bf16 and its gradient, a float32 copy and its gradient, two moments
_FOUR_BIT_BYTES = 0.53  # a weight in NF4 with double quantisation


@dataclass(frozen=True)
class ResourceEstimate:
    """What one training run takes by one method."""

    method: Method
    memory: float
    """Bytes at the peak."""
    checkpointed_memory: float
    """The same with gradient checkpointing, where activations are computed twice."""
    seconds_per_token: float


def estimate_resources(
    size: Size, settings: TrainSettings, method: Method, device: Device, longest: int = 0
) -> ResourceEstimate:
    """What one run of `method` takes, for packed batches, or single pairs of `longest` tokens where those are longer."""
    weights = 2.0 * size.parameters
    if method == "qlora":
        weights = _FOUR_BIT_BYTES * size.linear + 2.0 * (size.parameters - size.linear)
    trained = size.parameters if method == "full" else size.lora(settings.rank)
    rows = max(settings.tokens_per_batch, longest)
    logits = 3.0 * min(CHUNK_BYTES, 4 * rows * size.vocabulary)
    # Inputs of every linear layer, of the norms (in float32) and of the gate, kept for the way back, a block's.
    block = rows * (28.0 * size.width + 8.0 * size.inner + 4.0 * size.heads * size.head)
    block *= 1.3 if method == "dora" else 1.0
    # DoRA and QLoRA make one whole matrix at a time.
    matrix = 4.0 * size.width * size.inner if method in {"dora", "qlora"} else 0.0
    copies = 6.0 * size.output if settings.turn_tokens == "train" and method != "full" else 0.0
    fixed = _PROCESS_BYTES + weights + _TRAINED_BYTES * trained - (2.0 * trained if method == "full" else 0.0)
    fixed += logits + matrix + copies
    used_weights = size.linear + _LABELLED * size.output
    operations = (6.0 if method == "full" else 4.0) * used_weights * _SLOWER[method]
    return ResourceEstimate(
        method=method,
        memory=fixed + size.layers * block,
        checkpointed_memory=fixed + block + size.layers * rows * 2.0 * size.width,
        seconds_per_token=operations / device.speed,
    )
