"""A student from its folder, or its tokenizer alone: safetensors only, no remote code, in the type that the machine multiplies
itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.folder import check_folder
from secondhalf.models.weights.check_weights import check_loading_info, check_size, count_weights
from secondhalf.models.weights.libraries import load_libraries
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.output_layer import check_output_layer

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase


def load_student(
    folder: Path, precision: str = "auto", *, four_bits: bool = False
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Tokenizer and model (safetensors only, no remote code), on the GPU where there is one.

    `precision`: auto, bf16 or float32; `four_bits`: the linear layers in NF4 (QLoRA). Raises UserError when it does not
    fit or load.
    """
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if not size:
        raise UserError(f"{folder} holds no .safetensors file: pickled weights are not read; convert them first.")
    need, have = int(size * 2.5), psutil.virtual_memory().available
    if need > have:
        raise UserError(
            f"The student needs about {need >> 20} MB of memory, {have >> 20} MB are free: choose a smaller student."
        )
    check_folder(folder)
    tokenizer = load_tokenizer(folder)
    with _loading(folder, "cannot be loaded as a causal language model"), quiet_transformers():
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

        weights_type = weights_dtype(precision)
        quantization = {"quantization_config": _four_bits(weights_type)} if four_bits else {}
        # Attention is transformers' own choice: fused where the model's class can, else plain (Gemma 2's is capped).
        check_size(AutoConfig.from_pretrained(folder, trust_remote_code=False), count_weights(folder), folder)
        model, info = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=weights_type,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are named below, with the others
            **quantization,
        )
        check_loading_info(info, folder)
        if four_bits:
            _keep_gradients(model)
        elif torch.cuda.is_available():
            model.to("cuda")
        # A hub student's own settings (a repetition penalty, a cut of the tail) would silently shape its answers.
        model.generation_config = GenerationConfig()
    check_end_token(tokenizer, folder)
    check_output_layer(model)
    return tokenizer, model


def load_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a folder alone, without the model's weights; no remote code.

    Raises UserError where transformers is missing, where the folder holds none, or one that wants to run code of its own.
    """
    with _loading(folder, "holds no tokenizer that can be loaded"), quiet_transformers():
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(folder, trust_remote_code=False)


def load_config(folder: Path) -> PretrainedConfig:
    """The configuration of a folder alone; no remote code. Raises UserError where it holds none that can be read."""
    with _loading(folder, "holds no configuration that can be loaded"), quiet_transformers():
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(folder, trust_remote_code=False)


@contextmanager
def _loading(folder: Path, trouble: str) -> Iterator[None]:
    """transformers' errors as ours; `trouble` says in a few words what did not work."""
    load_libraries()
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # a damaged or hostile folder makes transformers raise whatever comes first
        if "trust_remote_code" in str(error):
            raise UserError(
                f"{folder} wants to run code of its own (auto_map in config.json or tokenizer_config.json), which is never done "
                "here: choose a model of a type that transformers has."
            ) from error
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise UserError(f"{folder} {trouble} ({reason}).") from error


def weights_dtype(precision: str = "auto") -> torch.dtype:
    """The torch type of weights: bf16 where the processor or the GPU multiplies it itself, else float32, or as told."""
    import torch

    if precision != "auto":
        return torch.bfloat16 if precision == "bf16" else torch.float32
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    able = torch.cpu.get_capabilities()
    native = any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16", "sve_bf16"))
    return torch.bfloat16 if native else torch.float32


def needs_bitsandbytes() -> None:
    """Raises UserError when bitsandbytes is not installed."""
    from importlib.util import find_spec

    if find_spec("bitsandbytes") is None:
        raise UserError(f"train.method: qlora needs bitsandbytes: {install.extra('qlora')}.")


def _four_bits(weights_type: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    needs_bitsandbytes()
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=weights_type,
    )


def _keep_gradients(model: PreTrainedModel) -> None:
    """On a CPU bitsandbytes repacks a layer that is first evaluated for a kernel that has no gradient, and never back: after the
    first look at held-out pairs a training would go on with wrong ones, silently (0.50)."""
    from bitsandbytes.nn import Linear4bit

    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.support_avx512bf16_for_cpu = False


def check_end_token(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Raises UserError for a tokenizer without an end token."""
    if tokenizer.eos_token_id is None:
        raise UserError(
            f"{folder}: the tokenizer has no end token (eos_token in tokenizer_config.json), so no answer could stop: name it "
            "there or choose another student."
        )
