"""What a header says is what gguf reads from it, however often transformers asks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from secondhalf.models.chat.template import Template
from secondhalf.models.weights import convert
from secondhalf.models.weights.gguf_header import header_read_once, read_header

pytest.importorskip("torch")
gguf = pytest.importorskip("gguf")

from gguf import gguf_reader  # noqa: E402

from support.student_gguf import student_gguf  # noqa: E402


@pytest.fixture
def path(student: Path, tmp_path: Path) -> Path:
    return student_gguf(student, Template.named("plain"), tmp_path / "tiny.gguf")


def test_it_is_what_gguf_reads(path: Path) -> None:
    ours, theirs = read_header(path), gguf.GGUFReader(str(path))
    assert list(ours.fields) == list(theirs.fields)
    assert {name: field.contents() for name, field in ours.fields.items()} == {
        name: field.contents() for name, field in theirs.fields.items()
    }
    assert [tensor.name for tensor in ours.tensors] == [tensor.name for tensor in theirs.tensors]
    for mine, other in zip(ours.tensors, theirs.tensors, strict=True):
        assert (mine.tensor_type, mine.data.dtype) == (other.tensor_type, other.data.dtype)
        assert np.array_equal(mine.data, other.data)


def test_within_there_is_one_reader_a_file_and_afterwards_gguf_is_as_it_was(path: Path) -> None:
    before = gguf.GGUFReader, gguf.get_tensor_name_map
    with header_read_once():
        assert gguf.GGUFReader(path) is gguf.GGUFReader(str(path))
        names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, 2)
        assert names is gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, 2)
        assert names.mapping == before[1](gguf.MODEL_ARCH.GEMMA3, 2).mapping
    with pytest.raises(FileNotFoundError), header_read_once():
        gguf.GGUFReader(path.with_name("none"))
    assert (gguf.GGUFReader, gguf.get_tensor_name_map) == before


def test_a_conversion_reads_the_header_once(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    begin = gguf_reader.GGUFReader.__init__

    def counted(self: Any, *arguments: Any) -> None:
        made.append(self)
        begin(self, *arguments)

    monkeypatch.setattr(gguf_reader.GGUFReader, "__init__", counted)
    (tmp_path / "out").mkdir()
    convert._convert(path, tmp_path / "out")
    assert (tmp_path / "out" / "model.safetensors").is_file()
    assert len(made) == 1
