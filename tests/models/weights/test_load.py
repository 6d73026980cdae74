"""What cannot be loaded is told, with its mend."""

import ast
import json
from pathlib import Path

import psutil
import pytest

pytest.importorskip("torch")

import secondhalf
from secondhalf.errors import UserError
from secondhalf.models.chat.student_check import check_student
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.load import load_student, load_tokenizer
from support.tiny_student import build, tokenizer


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="safetensors"):
        load_student(tmp_path)


def test_too_little_memory_names_both_figures(student: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Memory:
        available = 10

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    with pytest.raises(UserError, match=r"MB of memory, 0 MB are free"):
        load_student(student)


def test_a_student_without_an_end_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**settings, "eos_token": None}), "utf-8")
    with pytest.raises(UserError, match="end token"):
        load_student(folder)


def own_code(folder: Path) -> Path:
    """A student whose tokenizer is a class that lies beside it."""
    tokenizer().save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text("utf-8"))
    own = {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": [None, "own.Own"]}}
    path.write_text(json.dumps({**settings, **own}), "utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": "own_kind"}), "utf-8")
    (folder / "own.py").write_text("raise SystemExit('it ran')\n", "utf-8")
    return folder


def test_a_tokenizer_alone_is_that_of_the_student(student: Path) -> None:
    own, tokenizer = load_tokenizer(student), load_student(student)[0]
    assert own("The river 川").input_ids == tokenizer("The river 川").input_ids


def test_a_tokenizer_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    folder = own_code(tmp_path)
    for load in (load_tokenizer, lambda folder: check_student(folder, Template.named("plain"))):
        with pytest.raises(UserError, match=r"wants to run code of its own .* choose a model"):
            load(folder)


def test_a_folder_without_a_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no tokenizer that can be loaded"):
        load_tokenizer(tmp_path)


def test_tokenizers_are_loaded_in_one_place_and_never_with_remote_code() -> None:
    """A tokenizer comes from load.py, a GGUF's from convert.py; a switch that is left out would make transformers ask."""
    places = []
    for path in sorted(Path(secondhalf.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "from_pretrained"
            ):
                kind = ast.unparse(node.func.value)
                if kind.startswith("Auto"):
                    switch = {word.arg: ast.unparse(word.value) for word in node.keywords}.get("trust_remote_code")
                    assert switch == "False", f"{path}:{node.lineno}"
                if kind == "AutoTokenizer":
                    places.append(path.name)
    assert places == ["convert.py", "load.py"]
