from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.train.checkpoint import load_last_checkpoint, save_checkpoint  # noqa: E402


def _save(folder: Path, *steps: int) -> None:
    for step in steps:
        save_checkpoint(folder, step, {"weight": torch.full((2,), float(step))}, {"log": [step]})


def test_the_newest_is_loaded_and_two_are_kept(tmp_path: Path) -> None:
    assert load_last_checkpoint(tmp_path) is None
    _save(tmp_path, 9, 10, 100)
    checkpoint = load_last_checkpoint(tmp_path)
    assert checkpoint is not None
    assert checkpoint.state == {"log": [100]}
    assert checkpoint.tensors["weight"].tolist() == [100, 100]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000010", "step-000100"]


def test_a_half_written_one_is_no_checkpoint(tmp_path: Path) -> None:
    _save(tmp_path, 3)
    (tmp_path / "step-000003").rename(tmp_path / "tmp-000004")
    assert load_last_checkpoint(tmp_path) is None
    _save(tmp_path, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["step-000004"]


@pytest.mark.parametrize("name", ["state.safetensors", "state.json"])
def test_the_one_before_a_broken_one_is_loaded(tmp_path: Path, name: str) -> None:
    _save(tmp_path, 3, 6)
    (tmp_path / "step-000006" / name).write_bytes(b"{")
    checkpoint = load_last_checkpoint(tmp_path)
    assert checkpoint is not None
    assert checkpoint.state == {"log": [3]}


@pytest.mark.parametrize("name", ["state.safetensors", "state.json"])
def test_the_one_before_a_flipped_bit_is_loaded(tmp_path: Path, name: str) -> None:
    _save(tmp_path, 3, 6)
    path = tmp_path / "step-000006" / name
    data = bytearray(path.read_bytes())
    data[-2] ^= 1  # still JSON, still a tensor
    path.write_bytes(data)
    checkpoint = load_last_checkpoint(tmp_path)
    assert checkpoint is not None
    assert checkpoint.state == {"log": [3]}
