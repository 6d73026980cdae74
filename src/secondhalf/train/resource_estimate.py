"""What training a student takes in memory and time, from its size alone: nothing is loaded.

Time is counted in multiplications: a token costs two for each weight it meets forward and as many backward for the
activations, and with full fine-tuning as many again for the weights. The speeds are measured where that is said, else
40 % of a GPU's dense bf16 peak, as its vendor states it. Right to a factor of two in the cases that were measured.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from secondhalf.errors import UserError
from secondhalf.models.weights.packing import CHUNK_BYTES
from secondhalf.models.weights.size import Size
from secondhalf.store.mapper import cores
from secondhalf.train.settings import TrainSettings

Method = Literal["lora", "qlora", "dora", "full"]
METHODS: tuple[Method, ...] = ("lora", "qlora", "dora", "full")

# Two EPYC cores with bf16 trained SmolLM2-135M at 325 tokens/s and Gemma-3-270m at 223; in float32 at half the speed.
_CORE = 77e9
# GiB of memory, and multiply-adds a second times two. The A6000's speed is torchtune's: Llama-3.1-8B, LoRA, 4,699 tokens/s.
GPUS: dict[str, tuple[int, float]] = {
    "A6000": (48, 136e12),
    "4090": (24, 66e12),
    "L4": (24, 48e12),
    "L40S": (48, 145e12),
    "A100": (80, 125e12),
    "H100": (80, 396e12),
    "H200": (141, 396e12),
}
_LABELLED = 0.5  # share of the tokens that meet the output layer
_SLOWER: dict[Method, float] = {
    "lora": 1.0,
    "qlora": 1.3,
    "dora": 1.4,
    "full": 1.0,
}  # rough: dequantising, norms of weights
_PROCESS = 0.75e9  # Python with torch and transformers; on a GPU the CUDA context
_UPDATED = 20  # bytes a trained weight: bf16 and its gradient, a float32 copy and its gradient, two moments
_FOUR_BITS = 0.53  # bytes a weight in NF4 with double quantisation


@dataclass(frozen=True)
class Device:
    """What trains. `speed` is floating-point operations a second in bf16, as training reaches them."""

    name: str
    memory: float
    """Bytes that are free."""
    speed: float
    gpu: bool


@dataclass(frozen=True)
class ResourceEstimate:
    """Bytes at the peak, bytes when activations are computed twice (gradient checkpointing), and seconds a token."""

    method: Method
    memory: float
    least: float
    seconds: float


def estimate_resources(
    size: Size, settings: TrainSettings, method: Method, find_device: Device, longest: int = 0
) -> ResourceEstimate:
    """What one run of `method` takes, for packed batches, or single pairs of `longest` tokens where those are longer."""
    weights = 2.0 * size.parameters
    if method == "qlora":
        weights = _FOUR_BITS * size.linear + 2.0 * (size.parameters - size.linear)
    trained = size.parameters if method == "full" else size.lora(settings.rank)
    rows = max(settings.tokens_per_batch, longest)
    logits = 3.0 * min(CHUNK_BYTES, 4 * rows * size.vocabulary)
    # Inputs of every linear layer, of the norms (in float32) and of the gate, kept for the way back, a block's.
    block = rows * (28.0 * size.width + 8.0 * size.inner + 4.0 * size.heads * size.head)
    block *= 1.3 if method == "dora" else 1.0
    # DoRA and QLoRA make one whole matrix at a time.
    matrix = 4.0 * size.width * size.inner if method in {"dora", "qlora"} else 0.0
    copies = 6.0 * size.output if settings.turn_tokens == "train" and method != "full" else 0.0
    fixed = _PROCESS + weights + _UPDATED * trained - (2.0 * trained if method == "full" else 0.0)
    fixed += logits + matrix + copies
    met = size.linear + _LABELLED * size.output
    operations = (6.0 if method == "full" else 4.0) * met * _SLOWER[method]
    return ResourceEstimate(
        method,
        fixed + size.layers * block,
        fixed + block + size.layers * rows * 2.0 * size.width,
        operations / find_device.speed,
    )


def find_device(gpu: str | None = None) -> Device:
    """The GPU that the user names, else the one that is here, else this machine's cores. Raises UserError for another name."""
    if gpu is not None:
        name = next((known for known in GPUS if known.lower() == gpu.lower()), None)
        if name is None:
            raise UserError(f"There is no GPU {gpu} in the list: name {', '.join(GPUS)}.")
        gigabytes, speed = GPUS[name]
        return Device(name, gigabytes * 2.0**30, speed, True)
    return _here() or _cpu()


def _here() -> Device | None:
    if shutil.which("nvidia-smi") is None:
        return None
    asked = ["nvidia-smi", "--query-gpu=name,memory.free", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True).stdout
        name, _, free = said.splitlines()[0].rpartition(",")
        # Longest first: L40S is no L4.
        like = next((known for known in sorted(GPUS, key=len, reverse=True) if known in name), None)
        # An unknown one is taken to be as fast as the slowest in the list.
        return Device(name.strip(), float(free) * 2.0**20, GPUS[like or "L4"][1], True)
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None


def _cpu() -> Device:
    count, info = cores(), Path("/proc/cpuinfo")
    bf16 = info.is_file() and any(flag in info.read_text("utf-8") for flag in ("avx512_bf16", "amx_bf16"))
    told = f"{count} cores{'' if bf16 else ' without bf16'}"
    return Device(told, float(psutil.virtual_memory().available), count * _CORE * (1.0 if bf16 else 0.5), False)
