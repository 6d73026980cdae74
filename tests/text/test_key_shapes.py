"""A key that stands where a variable's name is asked for is refused, and neither printed nor written; names of variables pass."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.text.key_shapes import looks_like_key
from secondhalf.text.secrets import mask_secrets
from support.recipes import tiny_recipe

RANDOM = "Zk3vQ9xT7bLw" + "P2mN8rYc5HdF"  # put together here so that no scanner takes it for real
KEYS = ["sk-" + RANDOM * 2, "hf_" + RANDOM + RANDOM[:10], "gsk_" + RANDOM * 2, RANDOM, RANDOM.lower(), "0a1b2c3d" * 4]
NAMES = [
    "OPENAI_API_KEY",
    "AZURE_OPENAI_KEY_2",
    "HF_TOKEN",
    "MYCOMPANYSOPENAIKEY",
    "key",
    "teacherKey",
    "KEY_2026_11_29",
    "",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_told_from_a_name(key: str):
    assert looks_like_key(key)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_name(name: str):
    assert not looks_like_key(name)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("field", ["teach.server.key_env", "evaluate.judging.judges", "teach.server.extra"])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_key_in_a_recipe_is_refused_and_neither_printed_nor_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    field: str,
    key: str,
    as_json: bool,
):
    if field == "teach.server.extra":
        key = KEYS[0]  # what is sent as it stands is looked at for known shapes alone: it may be any long number
    monkeypatch.chdir(tmp_path)
    tiny_recipe(tmp_path / "r.yaml")
    value = {
        "teach.server.key_env": key,
        "evaluate.judging.judges": f"[{{model: m, server: {{urls: ['http://127.0.0.1:1/v1'], key_env: {key}}}}}]",
        "teach.server.extra": f"{{api_key: {key}}}",
    }[field]
    assert main(["split", "r.yaml", "--set", f"{field}={value}", *(["--json"] if as_json else [])]) == 2
    out, err = capsys.readouterr()
    assert key not in out + err
    assert "key" in (json.loads(out)["error"] if as_json else err)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and key in path.read_text("utf-8", "replace")]
    assert written == []


def test_a_key_of_a_known_shape_is_blotted_out_wherever_it_is_printed():
    text = f"--set {KEYS[0]}: write stage.field=value, 鍵は{KEYS[1]}です"
    assert mask_secrets(text) == "--set [key]: write stage.field=value, 鍵は[key]です"
