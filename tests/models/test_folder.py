"""A model's folder that would load something else than what lies in it is refused before anything is loaded or built."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.errors import UserError
from secondhalf.models.chat.chat_tokens import _stops
from secondhalf.models.folder import check_folder
from secondhalf.models.reference import folder_hash, resolve
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.models.weights.size import size_of


@pytest.fixture
def folder(tmp_path: Path, student: Path) -> Path:
    """A copy of the tiny student, and a file outside of it."""
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(student / "model.safetensors", tmp_path / "elsewhere")
    resolve.cache_clear()
    return Path(shutil.copytree(student, tmp_path / "student"))


def _change(folder: Path, name: str, **fields: Any) -> None:
    path = folder / name
    before = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps({**before, **fields}), "utf-8")


INDEX = "model.safetensors.index.json"


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        (INDEX, {"weight_map": {"w": "../elsewhere/model.safetensors"}}, "no .safetensors file of this folder"),
        (INDEX, {"weight_map": {"w": "/etc/x.safetensors"}}, "no .safetensors file of this folder"),
        (INDEX, {"weight_map": {"w": "sub/x.safetensors"}}, "no .safetensors file of this folder"),
        (INDEX, {"weight_map": {"w": "pytorch_model.bin"}}, "no .safetensors file of this folder"),
        (INDEX, {"weight_map": {"w": "gone.safetensors"}}, "gone.safetensors, which is not there"),
        (INDEX, {"weight_map": {"w": 1}}, "a file for each weight"),
        (INDEX, {"weight_map": []}, "a file for each weight"),
        ("config.json", {"transformers_weights": "sub/x.safetensors"}, "transformers_weights names other weights"),
        ("config.json", {"attn_implementation": "org/kernel"}, "attn_implementation fetches the kernel 'org/kernel'"),
        ("config.json", {"_attn_implementation": "flash|org/kernel@v1:f"}, "fetches the kernel"),
        ("config.json", {"text_config": {"attn_implementation": "org/kernel"}}, "fetches the kernel"),
        ("config.json", {"attn_implementation": {"text": "org/kernel"}}, "fetches the kernel"),
        ("config.json", {"num_hidden_layers": 10**7}, "num_hidden_layers is 10000000, and the folder holds 28 weights"),
        ("config.json", {"n_layer": 29}, "n_layer is 29"),
        ("config.json", {"text_config": {"num_layers": 10**7}}, "num_layers is 10000000"),
        ("config.json", {"intermediate_size": 10**12}, "more than all weights of the folder hold"),
        ("config.json", {"vocab_size": 10**30}, "more than all weights of the folder hold"),
        ("tokenizer_config.json", {"vocab_file": "../elsewhere/model.safetensors"}, "vocab_file names a file outside"),
        ("tokenizer_config.json", {"fast_tokenizer_files": ["../elsewhere/model.safetensors"]}, "names a file outside"),
        ("adapter_config.json", {"base_model_name_or_path": "org/other"}, "is an adapter's folder"),
    ],
)  # fmt: skip
def test_what_leads_out_of_the_folder_or_does_not_fit_it_is_refused(folder: Path, name: str, fields: Any, message: str):
    _change(folder, name, **fields)
    start = time.monotonic()
    with pytest.raises(UserError, match=message):
        resolve(str(folder))
    assert time.monotonic() - start < 5


def test_a_link_out_of_the_folder_is_refused_and_one_of_the_hubs_cache_is_not(folder: Path, tmp_path: Path):
    weights = folder / "model.safetensors"
    weights.unlink()
    weights.symlink_to(tmp_path / "elsewhere" / "model.safetensors")
    with pytest.raises(UserError, match=r"model\.safetensors is a link that leads out of its folder"):
        resolve(str(folder))
    cached = tmp_path / "models--org--name" / "snapshots" / "abc"
    (cached.parent.parent / "blobs").mkdir(parents=True)
    shutil.copytree(folder, cached)
    weights = cached / "model.safetensors"
    weights.rename(cached.parent.parent / "blobs" / "f00")
    weights.symlink_to("../../blobs/f00")
    check_folder(cached)


def test_a_kernel_that_is_asked_for_and_names_of_other_machines_are_let_through(folder: Path, monkeypatch):
    _change(folder, "tokenizer_config.json", tokenizer_file="/home/maker/tokenizer.json")
    check_folder(folder)
    _change(folder, "config.json", attn_implementation="org/kernel")
    monkeypatch.setenv("SECONDHALF_HUB_KERNELS", "1")
    check_folder(folder)


def test_the_hash_is_that_of_every_file_that_is_loaded_and_no_other(folder: Path):
    before = folder_hash(folder)
    (folder / "README.md").write_text("x")
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    assert folder_hash(folder) == before
    (folder / "additional_chat_templates").mkdir()
    (folder / "additional_chat_templates" / "tool.jinja").write_text("{{ messages }}")
    with_template = folder_hash(folder)
    (folder / "qwen.tiktoken").write_text("x")
    assert len({before, with_template, folder_hash(folder)}) == 3


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "generation_config.json", INDEX])
@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_a_damaged_file_is_a_sentence(folder: Path, name: str, text: str):
    (folder / name).write_text(text, "utf-8")
    read = (lambda: _stops(folder, load_tokenizer(folder))) if "generation" in name else (lambda: resolve(str(folder)))
    with pytest.raises(UserError, match=name):
        read()


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 8, b"\x02" + bytes(7) + b"[]", b"\x10" + bytes(7) + b'{"a":{"shape":1}']
)
def test_weights_without_a_header_are_a_sentence(folder: Path, data: bytes):
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(UserError, match=r"model\.safetensors is no whole safetensors file"):
        resolve(str(folder))


@pytest.mark.parametrize(
    "fields", [{"num_hidden_layers": "2"}, {"num_attention_heads": 0}, {"text_config": [1]}, {"head_dim": [2]}]
)
def test_a_size_that_is_none_is_not_known(folder: Path, fields: Any):
    assert size_of(str(folder)) is not None
    _change(folder, "config.json", **fields)
    resolve.cache_clear()
    if "num_attention_heads" in fields:
        _change(folder, "config.json", head_dim=None)
    assert size_of(str(folder)) is None
