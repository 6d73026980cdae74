"""The whole model in bf16 safetensors: the adapter added to the student's weights, and nothing else needed to load it."""

from pathlib import Path

from secondhalf.export.tokenizer import save_tokenizer
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_student
from secondhalf.models.weights.merge import merge_in_memory
from secondhalf.runs.trained import TrainedArm


def write_merged(trained: TrainedArm, out: Path) -> None:
    """Writes model, tokenizer, chat template and generation settings into `out`."""
    tokenizer = save_tokenizer(trained, out)
    _, model = load_student(trained.model or trained.base)
    if trained.adapter is not None:
        model = merge_in_memory(model, trained.adapter)
    stops = trained.template.stop_ids(tokenizer)
    model.generation_config.update(
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=stops if len(stops) > 1 else stops[0],
        pad_token_id=tokenizer.pad_token_id,
        do_sample=False,
    )
    model.config._name_or_path = ""  # a path of this machine, of no use elsewhere
    with quiet_transformers():
        model.save_pretrained(out, max_shard_size="5GB")
