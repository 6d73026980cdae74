import shutil
import subprocess

import pytest

from secondhalf.errors import UserError
from secondhalf.train.resources.device import GPUS, find_device


@pytest.mark.parametrize("name", ["a100", "L40S"])
def test_a_gpu_is_named(name: str) -> None:
    assert find_device(name).gpu
    assert find_device(name).memory == GPUS[name.upper()][0] * 2**30
    with pytest.raises(UserError, match="A100"):
        find_device("B999")


@pytest.mark.parametrize(
    ("output", "name", "key"),
    [
        ("NVIDIA L40S, 40000", "NVIDIA L40S", "L40S"),
        ("NVIDIA L4, 20000", "NVIDIA L4", "L4"),
        ("Some GPU, 9", "Some GPU", "L4"),
    ],
)
def test_the_gpu_that_is_here(monkeypatch: pytest.MonkeyPatch, output: str, name: str, key: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    process = subprocess.CompletedProcess([], 0, f"{output}\n{output}\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: process)
    device = find_device()
    assert (device.name, device.speed, device.gpu) == (name, GPUS[key][1], True)
    assert device.memory == int(output.rpartition(", ")[2]) * 2**20


@pytest.mark.parametrize("output", ["", "No devices were found"])
def test_without_a_gpu_it_is_the_cores(monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, output))
    device = find_device()
    assert not device.gpu
    assert device.speed > 0 < device.memory
