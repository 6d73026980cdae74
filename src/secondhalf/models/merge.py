"""An adapter inside its student's weights: a model that stands alone."""

from pathlib import Path

from secondhalf.models.local import load_student
from secondhalf.models.quiet import quiet


def merge(student: Path, adapter: Path, out: Path) -> None:
    """Writes the merged model (bf16 safetensors) and the student's tokenizer into `out`.

    A layer at a time in float32: in bf16 the product and then the sum would both be rounded.
    """
    import torch

    tokenizer, base = load_student(student)
    with quiet(), torch.no_grad():
        from peft import PeftModel
        from peft.tuners.tuners_utils import BaseTunerLayer

        model = PeftModel.from_pretrained(base, adapter, autocast_adapter_dtype=False)
        for layer in [module for module in model.modules() if isinstance(module, BaseTunerLayer)]:
            layer.to(torch.float32)
            layer.merge()
            layer.to(torch.bfloat16)
        whole = model.merge_and_unload()
        whole.config._name_or_path = ""  # a path of this machine, of no use elsewhere
        whole.save_pretrained(out)
        tokenizer.save_pretrained(out)
