"""What a student is trained on: a GPU that is named or here, or this machine's cores. Nothing is loaded to find out.

The speeds are measured where that is said, else 40 % of a GPU's dense bf16 peak, as its vendor states it.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from secondhalf.errors import UserError
from secondhalf.store.workers import cores

# Two EPYC cores with bf16 trained SmolLM2-135M at 325 tokens/s and Gemma-3-270m at 223; in float32 at half the speed.
_CORE_FLOPS = 77e9
# GiB of memory, and floating-point operations a second. The A6000's are torchtune's: Llama-3.1-8B, LoRA, 4,699 tokens/s.
GPUS: dict[str, tuple[int, float]] = {
    "A6000": (48, 136e12),
    "4090": (24, 66e12),
    "L4": (24, 48e12),
    "L40S": (48, 145e12),
    "A100": (80, 125e12),
    "H100": (80, 396e12),
    "H200": (141, 396e12),
}


@dataclass(frozen=True)
class Device:
    """What trains. `speed` is floating-point operations a second in bf16, as training reaches them."""

    name: str
    memory: float
    """Bytes that are free."""
    speed: float
    gpu: bool


def find_device(gpu: str | None = None) -> Device:
    """The GPU of that name, without one the GPU that is here, else this machine's cores. Raises UserError for another name."""
    if gpu is not None:
        name = next((known for known in GPUS if known.lower() == gpu.lower()), None)
        if name is None:
            raise UserError(f"There is no GPU {gpu} in the list: name {', '.join(GPUS)}.")
        gigabytes, speed = GPUS[name]
        return Device(name, gigabytes * 2.0**30, speed, True)
    return _local_gpu() or _cpu()


def _local_gpu() -> Device | None:
    if shutil.which("nvidia-smi") is None:
        return None
    command = ["nvidia-smi", "--query-gpu=name,memory.free", "--format=csv,noheader,nounits"]
    try:
        output = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
        name, _, free = output.splitlines()[0].rpartition(",")
        # Longest first: L40S is no L4.
        model = next((known for known in sorted(GPUS, key=len, reverse=True) if known in name), None)
        # An unknown one is taken to be as fast as the slowest in the list.
        return Device(name.strip(), float(free) * 2.0**20, GPUS[model or "L4"][1], True)
    except (OSError, subprocess.SubprocessError, IndexError, ValueError):
        return None


def _cpu() -> Device:
    count, info = cores(), Path("/proc/cpuinfo")
    bf16 = info.is_file() and any(flag in info.read_text("utf-8") for flag in ("avx512_bf16", "amx_bf16"))
    name = f"{count} cores{'' if bf16 else ' without bf16'}"
    speed = count * _CORE_FLOPS * (1.0 if bf16 else 0.5)
    return Device(name, float(psutil.virtual_memory().available), speed, False)
