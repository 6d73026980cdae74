"""A folder's tensors under the names, in the order and in the types that llama.cpp expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from secondhalf.errors import UserError

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType

ARCHITECTURES = {  # transformers' model_type -> GGUF's architecture
    "llama": "llama",
    "mistral": "llama",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "gemma3_text": "gemma3",
}
TYPES = {"bf16": "BF16", "f16": "F16", "q8_0": "Q8_0"}
_F16_MAX = 65504.0


class TensorSource(NamedTuple):
    """One tensor of a safetensors file, and its name in the GGUF."""

    file: Path
    name: str
    gguf_name: str
    shape: tuple[int, ...]


def cannot_convert(kind: str, folder: str = "merged/") -> UserError:
    """The error for a model that cannot be written here, with the way out."""
    return UserError(
        f"{kind} cannot be written as GGUF here: export with --as merged, and run llama.cpp's convert_hf_to_gguf.py on "
        f"{folder}"
    )


def list_tensors(folder: Path, config: dict[str, Any]) -> list[TensorSource]:
    """Every tensor of the folder. Raises UserError for an architecture or a tensor that GGUF has no name for."""
    import gguf
    from safetensors import safe_open

    kind = config.get("model_type", "")
    if kind not in ARCHITECTURES:
        raise cannot_convert(f"The architecture {kind or 'unknown'}")
    architecture = {name: key for key, name in gguf.MODEL_ARCH_NAMES.items()}[ARCHITECTURES[kind]]
    names = gguf.get_tensor_name_map(architecture, config["num_hidden_layers"])
    tensors = []
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as stored:
            for name in stored.keys():  # noqa: SIM118
                if name == "lm_head.weight" and config.get("tie_word_embeddings"):
                    continue
                gguf_name = names.get_name(name, try_suffixes=(".weight", ".bias"))
                if gguf_name is None:
                    raise cannot_convert(f"The tensor {name} of {kind}")
                tensors.append(TensorSource(file, name, gguf_name, tuple(stored.get_slice(name).get_shape())))
    return tensors


def stored_type(tensor: TensorSource, kind: str) -> GGMLQuantizationType:
    """GGML's type of a tensor: vectors stay float32, and rows that do not fill Q8_0's blocks of 32 become F16."""
    import gguf

    if len(tensor.shape) == 1:
        return gguf.GGMLQuantizationType.F32
    if kind == "q8_0" and tensor.shape[-1] % 32:
        return gguf.GGMLQuantizationType.F16
    return gguf.GGMLQuantizationType[TYPES[kind]]


def stored_bytes(tensor: TensorSource, kind: str) -> int:
    """Bytes of a tensor in the file."""
    import gguf

    block, size = gguf.GGML_QUANT_SIZES[stored_type(tensor, kind)]
    return int(np.prod(tensor.shape)) // int(block) * int(size)


def quantized_tensors(tensors: list[TensorSource], config: dict[str, Any], kind: str) -> Iterator[NDArray[Any]]:
    """The tensors' bytes in their GGUF form, one at a time. Raises UserError when a weight is too large for F16."""
    import gguf
    from safetensors import safe_open

    for tensor in tensors:
        with safe_open(tensor.file, framework="pt") as stored:
            values = stored.get_tensor(tensor.name).float().numpy()
        values = _as_llama_cpp_has_it(values, tensor.name, config)
        dtype = stored_type(tensor, kind)
        if dtype == gguf.GGMLQuantizationType.F16 and np.abs(values).max(initial=0) > _F16_MAX:
            raise UserError(f"{tensor.name} has weights too large for f16: use --type bf16.")
        yield gguf.quants.quantize(np.ascontiguousarray(values), dtype)


def _as_llama_cpp_has_it(values: NDArray[np.float32], name: str, config: dict[str, Any]) -> NDArray[np.float32]:
    kind = ARCHITECTURES[config["model_type"]]
    if kind == "gemma3" and name.endswith("norm.weight"):
        return values + 1  # the engine multiplies by the weight, transformers by one more
    if kind == "llama" and name.rpartition(".")[0].endswith(("q_proj", "k_proj")):
        # The engine rotates neighbouring values, transformers those half a head apart.
        count = config["num_attention_heads"] if "q_proj" in name else config["num_key_value_heads"]
        half = values.shape[0] // count // 2
        return values.reshape(count, 2, half, -1).swapaxes(1, 2).reshape(values.shape)
    return values
