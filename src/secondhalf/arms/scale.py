"""An adapter at another strength: what it adds to each weight, times a number. Nothing is trained.

Between the untouched student (0) and the tuned one (1) gain and forgetting need not move alike (WiSE-FT, arXiv 2109.01903,
for whole weights; for LoRA the product B A is what is added, and its factor alpha / rank takes the number).
"""

import json
import shutil
from typing import Any

from secondhalf.store import Stage

SCALE_VERSION = (1,)


def scale_adapter(source: Stage, scale: float, stage: Stage) -> dict[str, Any]:
    """Writes adapter/ as the source's with its alpha times `scale`, and an empty log; returns the source's counts."""
    shutil.rmtree(stage.path / "adapter", ignore_errors=True)
    shutil.copytree(source.path / "adapter", stage.path / "adapter")
    scale_in_place(stage, scale)
    (stage.path / "log.jsonl").write_text("", "utf-8")  # nothing was trained
    return training_counts(source) | {"adapter_from": source.key, "scale": scale}


def scale_in_place(stage: Stage, scale: float) -> float:
    """Multiplies the alpha of the stage's adapter; returns `scale`."""
    path = stage.path / "adapter" / "adapter_config.json"
    config = json.loads(path.read_text("utf-8"))
    config["lora_alpha"] *= scale
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    return scale


def training_counts(source: Stage) -> dict[str, Any]:
    """What the manifest of a training says that holds for its adapter wherever it stands."""
    copied = ("rows_in", "rows", "rejected", "held_out", "steps", "tokens", "supervised_tokens", "loss")
    return {name: source.manifest[name] for name in copied if name in source.manifest}
