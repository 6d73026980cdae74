"""An adapter at another strength is the base plus that much of it."""

import json
from pathlib import Path

import pytest
import torch

from secondhalf.arms.scale import scale_adapter
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.packing import unwrapped
from secondhalf.store import Stage
from support import small_training


@pytest.fixture
def trained(tmp_path: Path, student: Path) -> Stage:
    counts, _ = small_training.trained(student, tmp_path / "trained", learning_rate=0.02)
    (tmp_path / "trained" / "manifest.json").write_text(json.dumps({"key": "k", **counts}), "utf-8")
    return Stage(tmp_path / "trained")


@pytest.mark.parametrize("scale", [0.25, 1.25])
def test_a_layer_moves_by_so_much(tmp_path: Path, student: Path, trained: Stage, scale: float) -> None:
    stage = Stage(tmp_path / "scaled")
    stage.path.mkdir()
    counts = scale_adapter(trained, scale, stage)
    assert counts["scale"] == scale
    model = StudentModel(student)
    outputs = []
    for adapter in (None, trained.path / "adapter", stage.path / "adapter"):
        model.use(adapter)
        layer = unwrapped(model.model).model.layers[0].mlp.up_proj
        with torch.inference_mode():
            outputs.append(layer(torch.ones(1, 1, 32, dtype=layer.weight.dtype)).float())
    base, full, scaled = outputs
    assert (full - base).abs().max() > 0
    assert torch.allclose(scaled - base, scale * (full - base), atol=0.05 * float((full - base).abs().max()) + 1e-2)
    alpha = [
        json.loads((one.path / "adapter/adapter_config.json").read_text("utf-8"))["lora_alpha"]
        for one in (trained, stage)
    ]
    assert alpha[1] == alpha[0] * scale
