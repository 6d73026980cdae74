"""Weights that a file lacks would be random: they are named, and nothing is loaded."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from safetensors.torch import load_file, save_file  # noqa: E402

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.weights.adapters import activate_adapter, activate_adapters  # noqa: E402
from secondhalf.models.weights.convert import student_folder  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.merge import merge_in_memory  # noqa: E402

LAYERS = ["sliding_attention", "full_attention"]


def _with(student: Path, folder: Path, **fields: Any) -> Path:
    shutil.copytree(student, folder)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **fields}), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"num_hidden_layers": 3, "layer_types": [*LAYERS, LAYERS[0]]}, r"13 weights are missing, and would be random \(model\.layers\.2"),
        ({"num_hidden_layers": 1, "layer_types": LAYERS[:1]}, r"13 weights have no place in the model \(model\.layers\.1"),
        ({"intermediate_size": 65}, r"6 weights have another shape \(model\.layers\.0\.mlp"),
        ({"tie_word_embeddings": False}, r"1 weights are missing, and would be random \(lm_head\.weight\)"),
        ({"intermediate_size": 50_000}, "the configuration is that of a model of 9,"),
        ({"head_dim": 100_000}, "the configuration is that of a model of"),
        ({"num_hidden_layers": "two"}, "num_hidden_layers"),
        ({"num_attention_heads": 0}, "modulo by zero"),
        ({"model_type": "t5"}, "cannot be loaded as a causal language model|weights are not those"),
    ],
)  # fmt: skip
def test_a_configuration_of_another_model_is_refused(student: Path, tmp_path: Path, fields: Any, message: str):
    with pytest.raises(UserError, match=message):
        load_student(_with(student, tmp_path / "other", **fields))


def test_a_weight_that_is_missing_from_the_file_is_named(student: Path, tmp_path: Path):
    folder = _with(student, tmp_path / "other")
    weights = load_file(folder / "model.safetensors")
    name = "model.layers.1.mlp.up_proj.weight"
    weights.pop(name)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(UserError, match=rf"1 weights are missing, and would be random \({name}\)"):
        load_student(folder)


@pytest.fixture
def adapter(student: Path, tmp_path: Path) -> Path:
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(load_student(student)[1], LoraConfig(r=4, target_modules=["q_proj", "up_proj"]))
    model.save_pretrained(tmp_path / "adapter")
    return tmp_path / "adapter"


def _without(weights: dict[str, Any]) -> None:
    weights.pop(sorted(weights)[0])


def _with_another(weights: dict[str, Any]) -> None:
    name = sorted(weights)[0]
    weights[name.replace("layers.0", "layers.7")] = weights[name].clone()


def _reshaped(weights: dict[str, Any]) -> None:
    name = sorted(weights)[0]
    weights[name] = torch.zeros(4, weights[name].shape[1] + 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without, "1 weights are missing"),
        (_with_another, "1 weights have no place"),
        (_reshaped, "1 weights have another shape"),
    ],
)
def test_an_adapter_whose_weights_do_not_fit_is_refused(student: Path, adapter: Path, change: Any, message: str):
    for put_on in (activate_adapter, lambda base, path: activate_adapters(base, [path]), merge_in_memory):
        base = load_student(student)[1]
        assert put_on(base, adapter)
    weights = load_file(adapter / "adapter_model.safetensors")
    change(weights)
    save_file(weights, adapter / "adapter_model.safetensors")
    for put_on in (activate_adapter, lambda base, path: activate_adapters(base, [path]), merge_in_memory):
        with pytest.raises(UserError, match=rf"does not fit this student: .*({message})"):
            put_on(load_student(student)[1], adapter)


def test_an_adapter_of_other_modules_or_in_a_pickle_is_refused(student: Path, adapter: Path):
    path = adapter / "adapter_config.json"
    config = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**config, "target_modules": ["c_attn"]}), "utf-8")
    with pytest.raises(UserError, match="does not fit this student"):
        activate_adapter(load_student(student)[1], adapter)
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    with pytest.raises(UserError, match=r"holds no adapter_model\.safetensors: pickled adapters are not read"):
        activate_adapter(load_student(student)[1], adapter)


def test_a_gguf_of_too_many_layers_is_refused_before_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gguf = pytest.importorskip("gguf")
    monkeypatch.setenv("SECONDHALF_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "layers.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(10**7)
    writer.add_tensor("token_embd.weight", torch.zeros(8, 4).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(UserError, match=r"llama\.block_count is 10000000, and the file holds 1 tensors"):
        student_folder(path, "a" * 64)
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(UserError, match=r"layers\.gguf cannot be read as a GGUF model \(.+\): fetch it again"):
        student_folder(path, "a" * 64)
