"""An adapter's files: PEFT's own format, safetensors, nothing of this machine in them."""

import json
from pathlib import Path
from typing import Any

from secondhalf.models.weights.quiet import quiet


def write_adapter(model: Any, folder: Path, reference: str, weights: dict[str, Any] | None = None) -> None:
    """Writes the adapter in use (PEFT calls it "default") of a student that came from `reference`.

    `weights`: all of the model's by name, where its own lie in pieces.
    """
    with quiet():
        model.save_pretrained(folder, selected_adapters=["default"], state_dict=weights)
    # PEFT writes the student's folder into the adapter: a path of this machine, of no use elsewhere.
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = reference
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (folder / "README.md").unlink(missing_ok=True)
