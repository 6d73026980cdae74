"""An adapter on another student: it goes over to a sibling, and is refused with the reason everywhere else."""

import json
import shutil
from pathlib import Path

import pytest

from secondhalf.arms.transfer import find_misfits

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def adapter(student: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter of the tiny student, with weights that do something."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(student, dtype=torch.bfloat16)
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    folder = tmp_path_factory.mktemp("transfer") / "adapter"
    model.save_pretrained(folder)
    return folder


def _copy(student: Path, folder: Path, **config) -> Path:
    shutil.copytree(student, folder)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **config}), "utf-8")
    return folder


def _model(student: Path, folder: Path, change) -> Path:
    """A copy of the student with every weight changed by `change`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.bfloat16)
    with torch.no_grad():
        for weight in model.parameters():
            change(weight)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(student).save_pretrained(folder)
    return folder


def test_a_sibling_fits(adapter: Path, student: Path, tmp_path: Path):
    sibling = _model(student, tmp_path / "sibling", lambda weight: weight.add_(torch.randn_like(weight) * 0.01))
    misfits, kinship = find_misfits(adapter, student, sibling)
    assert misfits == []
    assert 0.9 < kinship < 1.0


def test_a_stranger_of_the_same_shape_does_not(adapter: Path, student: Path, tmp_path: Path):
    stranger = _model(student, tmp_path / "stranger", lambda weight: weight.normal_(std=0.3))
    misfits, kinship = find_misfits(adapter, student, stranger)
    assert abs(kinship) < 0.2
    assert "not related" in misfits[0]


def test_another_architecture_does_not(adapter: Path, student: Path, tmp_path: Path):
    other = _copy(student, tmp_path / "other", architectures=["LlamaForCausalLM"])
    misfits, _ = find_misfits(adapter, student, other)
    assert misfits == ["the architecture is LlamaForCausalLM, not Gemma3ForCausalLM"]


@pytest.mark.parametrize(("field", "size"), [("hidden_size", 48), ("intermediate_size", 96), ("num_hidden_layers", 1)])
def test_other_shapes_do_not(adapter: Path, student: Path, tmp_path: Path, field: str, size: int):
    config = {field: size} | ({"layer_types": ["sliding_attention"]} if field == "num_hidden_layers" else {})
    misfits, _ = find_misfits(adapter, student, _copy(student, tmp_path / "other", **config))
    assert len(misfits) == 1
    assert "tensors have another shape there" in misfits[0]
    assert "q_proj" in misfits[0] or "down_proj" in misfits[0] or "layers.1" in misfits[0]


def test_another_tokenizer_does_not(adapter: Path, student: Path, tmp_path: Path):
    other = _copy(student, tmp_path / "other")
    path = other / "tokenizer.json"
    tokenizer = json.loads(path.read_text("utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]
    path.write_text(json.dumps(tokenizer), "utf-8")
    misfits, _ = find_misfits(adapter, student, other)
    assert len(misfits) == 1
    assert "2 tokens differ" in misfits[0]


def test_a_sibling_may_name_its_turns(adapter: Path, student: Path, tmp_path: Path):
    """Control tokens are renamed and added by tuning; they carry no text that the adapter has learnt."""
    other = _copy(student, tmp_path / "other")
    path = other / "tokenizer.json"
    path.write_text(path.read_text("utf-8").replace("<start_of_image>", "<start_of_call>"), "utf-8")
    assert find_misfits(adapter, student, other)[0] == []
