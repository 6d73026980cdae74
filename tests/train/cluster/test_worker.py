"""A worker by itself: what a node lacks is one sentence with its name, and its folder goes with it."""

import os
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.on_node import model_code  # noqa: E402
from secondhalf.models.reference import Model, resolve  # noqa: E402
from secondhalf.train.cluster.worker import TrainingWorker  # noqa: E402


def _sentence(worker: TrainingWorker, student: Model, **other: str) -> str:
    with pytest.raises(UserError) as caught:
        worker.prepare({**model_code(), **other}, os.getcwd(), student, "auto")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingWorker:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return TrainingWorker("n7 (10.0.0.7)")


def test_a_node_without_the_model_s_file(worker: TrainingWorker) -> None:
    sentence = _sentence(worker, Model("/data/student", Path("/no/such/student"), "0" * 64))
    assert sentence.startswith("Node n7 (10.0.0.7): there is no model at /no/such/student: put it there")


def test_a_node_with_another_model_of_that_name(worker: TrainingWorker, student: Path) -> None:
    sentence = _sentence(worker, Model(str(student), student, "0" * 64))
    assert sentence.startswith(f"Node n7 (10.0.0.7): {student} is another model than on the machine of the run")


def test_a_node_with_another_torch_or_none(worker: TrainingWorker, student: Path) -> None:
    sentence = _sentence(worker, resolve(str(student)), torch="0.4.1")
    assert sentence.startswith(f"Node n7 (10.0.0.7) has torch {model_code()['torch']} instead of 0.4.1: install there")
    assert "+" not in model_code()["torch"]


def test_files_come_and_go_in_pieces(worker: TrainingWorker) -> None:
    worker.receive("tokens/part-00000.arrow", 0, b"01")
    worker.receive("tokens/part-00000.arrow", 2, b"23")
    worker.receive("checkpoints/step-000010/state.json", 0, b"{}")
    assert worker.read("tokens/part-00000.arrow", 1, 2) == b"12"
    assert worker.written() == [("checkpoints/step-000010/state.json", 2)]
