"""Which engine answers for a GGUF when both could: the faster one, by benchmarks/teach_embedded.py.

On a processor with bf16 instructions transformers' generate in batches of 32 wrote more than the embedded engine
(SmolLM2-135M, 4-bit, one core of an AMD EPYC: 88 against 50 tokens/s). It needs the weights in bf16: several times the
memory, and once the time of converting them.
"""

from importlib.util import find_spec
from pathlib import Path

import psutil

_CONVERTING = 8  # bytes of memory a byte of GGUF, as convert.py asks for
_INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}


def torch_is_faster(path: Path) -> bool:
    """Whether transformers is installed, the processor computes in bf16, and the converted model fits into memory."""
    there = all(find_spec(name) is not None for name in ("torch", "transformers", "gguf"))
    fits = psutil.virtual_memory().available > _CONVERTING * path.stat().st_size
    return there and fits and bool(_INSTRUCTIONS & processor_flags())


def processor_flags(told: Path = Path("/proc/cpuinfo")) -> set[str]:
    """The instructions that Linux names; empty elsewhere."""
    try:
        lines = told.read_text("utf-8", "replace").splitlines()
    except OSError:
        return set()
    return next(
        (set(line.partition(":")[2].split()) for line in lines if line.startswith(("flags", "Features"))), set()
    )
