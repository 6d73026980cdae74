"""The whole model in bf16 safetensors: the adapter added to the student's weights, and nothing else needed to load it."""

from pathlib import Path
from typing import Any

from secondhalf.export.made import Made
from secondhalf.export.tokenizer import save_tokenizer
from secondhalf.models.local import load_student
from secondhalf.models.quiet import quiet
from secondhalf.progress import Progress


def write_merged(made: Made, out: Path) -> None:
    """Writes model, tokenizer, chat template and generation settings into `out`.

    Memory: the model in bf16 and one layer in float32.
    """
    tokenizer = save_tokenizer(made, out)
    _, model = load_student(made.model or made.base)
    if made.adapter is not None:
        model = _with_adapter(model, made.adapter)
    stops = made.template.stop_ids(tokenizer)
    model.generation_config.update(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=stops if len(stops) > 1 else stops[0],
        pad_token_id=tokenizer.pad_token_id,
        do_sample=False,
    )
    # A path of this machine, of no use elsewhere.
    model.config._name_or_path = ""
    with quiet():
        model.save_pretrained(out, max_shard_size="5GB")


def _with_adapter(base: Any, adapter: Path) -> Any:
    """The model with the adapter merged, a layer at a time in float32: bf16 would round the product and then the sum."""
    import torch

    with quiet():
        from peft import PeftModel
        from peft.tuners.tuners_utils import BaseTunerLayer

        model = PeftModel.from_pretrained(base, adapter, autocast_adapter_dtype=False)
        layers = [module for module in model.modules() if isinstance(module, BaseTunerLayer)]
        with Progress("merging", len(layers), "layers") as progress, torch.no_grad():
            for layer in layers:
                kind = layer.get_base_layer().weight.dtype
                layer.to(torch.float32)  # type: ignore[attr-defined]
                layer.merge()
                layer.to(kind)  # type: ignore[attr-defined]
                progress.advance()
        return model.merge_and_unload()
