"""Which engine answers for a GGUF in this process: the one that was faster where it was measured.

benchmarks/teach_embedded.py: with SmolLM2-135M (98 MB at four bits) on two cores with bf16, transformers with 64 rows
wrote 2.3 times the tokens of llama.cpp. Other sizes and processors were not measured, or were slower: llama.cpp answers.
"""

from importlib.util import find_spec
from pathlib import Path

import psutil

from secondhalf.errors import UserError
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.engines.transformers_teacher import TransformersTeacher
from secondhalf.models.request import PLAIN, Backend
from secondhalf.models.weights.convert import student_folder

_LARGEST = 150 << 20  # bytes of a GGUF: the size that was measured, and a little more
_MEMORY = 3 << 30  # bytes: a conversion, or bf16 weights and the caches of a batch, at that size


def load_fastest(path: Path, identity: str, *, plain: bool = False) -> Backend:
    """The engine, loaded. Falls back to llama.cpp for a model that transformers cannot convert or that has no template."""
    if _transformers_serve(path):
        try:
            return TransformersTeacher(student_folder(path, identity.removeprefix(PLAIN)), identity, plain=plain)
        except UserError:
            pass  # an architecture that it cannot convert: llama.cpp says what is wrong, if anything is
    return LlamaCppTeacher(path, identity, plain=plain)


def _transformers_serve(path: Path) -> bool:
    """Whether the file is small, memory and libraries are there, and the processor multiplies bf16 itself."""
    if path.stat().st_size > _LARGEST or psutil.virtual_memory().available < _MEMORY:
        return False
    if find_spec("torch") is None or find_spec("transformers") is None:
        return False
    import torch

    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
