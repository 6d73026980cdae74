"""The adapter as PEFT loads it, with the tokenizer and the chat template it was trained under."""

import json
import shutil
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.export.tokenizer import save_tokenizer
from secondhalf.models.hub.reference import HubReference
from secondhalf.runs.trained import TrainedArm


def write_adapter(trained: TrainedArm, out: Path) -> None:
    """Copies adapter_model.safetensors and its config into `out`. Raises UserError for an arm trained whole."""
    if trained.adapter is None:
        raise UserError(f"{trained.name} was trained whole and has no adapter: export it with --as merged.")
    out.mkdir()
    shutil.copyfile(trained.adapter / "adapter_model.safetensors", out / "adapter_model.safetensors")
    config = json.loads((trained.adapter / "adapter_config.json").read_text("utf-8"))
    # A hub's name is what PEFT loads the base by; any other reference is ours alone, and the card says so.
    location = trained.student.reference.partition("#")[0]
    if location.startswith("hf:") and not (hub := HubReference.parse(location)).file:
        config |= {"base_model_name_or_path": hub.repo, "revision": hub.exact}
    (out / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    save_tokenizer(trained, out)
