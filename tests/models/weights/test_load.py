"""What cannot be loaded is told, with its mend."""

import json
from pathlib import Path

import psutil
import pytest

pytest.importorskip("torch")

from secondhalf.errors import UserError
from secondhalf.models.weights.load import load_student
from support.tiny_student import build


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
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
