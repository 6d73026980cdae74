"""An adapter inside its student's weights: a model that stands alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.models.weights.adapters import load_adapter
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_student
from secondhalf.progress import Progress

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def merge_adapter(student: Path, adapter: Path, out: Path) -> None:
    """Writes the merged model (bf16 safetensors) and the student's tokenizer into `out`."""
    tokenizer, base = load_student(student)
    merged = merge_in_memory(base, adapter)
    with quiet_transformers():
        merged.save_pretrained(out)
        tokenizer.save_pretrained(out)


def merge_in_memory(base: PreTrainedModel, adapter: Path) -> PreTrainedModel:
    """The model with the adapter merged, a layer at a time in float32: bf16 would round the product and then the sum.

    Memory: the model in bf16 and one layer in float32.
    """
    import torch

    with quiet_transformers():
        from peft.tuners.tuners_utils import BaseTunerLayer

        model = load_adapter(base, adapter)
        layers = [module for module in model.modules() if isinstance(module, BaseTunerLayer)]
        with Progress("merging", len(layers), "layers") as progress, torch.no_grad():
            for layer in layers:
                original_type = layer.get_base_layer().weight.dtype
                layer.to(torch.float32)
                layer.merge()
                layer.to(original_type)
                progress.advance()
        merged = model.merge_and_unload()
        merged.config._name_or_path = ""  # a path of this machine, of no use elsewhere
        return merged
