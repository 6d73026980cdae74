"""A worker by itself: what a node lacks is one sentence with its name, and its folder goes with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.reference import Model, resolve  # noqa: E402
from secondhalf.train.cluster.scratch import Scratch  # noqa: E402
from secondhalf.train.cluster.worker import TrainingWorker, _here, training_code  # noqa: E402


def _sentence(worker: TrainingWorker, student: Model, **other: str) -> str:
    with pytest.raises(UserError) as caught:
        worker.prepare({**training_code(), **other}, os.getcwd(), student, "auto")
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
    assert sentence.startswith(
        f"Node n7 (10.0.0.7) has torch {training_code()['torch']} instead of 0.4.1: install there"
    )
    assert "+" not in training_code()["torch"]


def test_a_package_s_model_is_found_where_the_node_has_it(student: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = resolve(str(student))
    monkeypatch.setattr("secondhalf.train.cluster.worker.resolve", lambda reference: elsewhere)
    found = _here(Model("package:of_students/tiny", Path("/venv/of/the/run/tiny"), elsewhere.identity))
    assert found == Model("package:of_students/tiny", student, elsewhere.identity)


def test_files_come_and_go_in_pieces(worker: TrainingWorker) -> None:
    worker.receive("tokens/part-00000.arrow", 0, b"01")
    worker.receive("tokens/part-00000.arrow", 2, b"23")
    worker.receive("checkpoints/step-000010/state.json", 0, b"{}")
    assert worker.read("tokens/part-00000.arrow", 1, 2) == b"12"
    assert worker.written() == [("checkpoints/step-000010/state.json", 2)]


def test_a_folder_goes_with_its_worker_or_with_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lost = "import os; from secondhalf.train.cluster.scratch import Scratch; Scratch(); os._exit(1)"
    subprocess.run([sys.executable, "-c", lost], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    [left] = tmp_path.iterdir()
    first, second = Scratch(), Scratch()
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {first.path.name, second.path.name}
    first.remove()
    second.remove()
    assert list(tmp_path.iterdir()) == []
