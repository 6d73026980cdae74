"""Two processes on this machine: the loss of one, an error in them as one sentence, no process left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.train import launch  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from support import SCRIPTS  # noqa: E402
from support.small_training import trained  # noqa: E402


def losses(log: list[dict[str, Any]]) -> list[float]:
    """Of every step, then of the pairs that were held out."""
    return [row["loss"] for row in log] + [log[-1]["held_out"]]


@pytest.mark.long
@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, marks=pytest.mark.soak),
        pytest.param({"sharding": "fsdp"}, marks=pytest.mark.soak),
        {"sharding": "fsdp", "method": "full"},
    ],
)
def test_two_processes_have_the_loss_of_one(student: Path, tmp_path: Path, more: dict[str, Any]) -> None:
    more = {"learning_rate": 1e-3, **more}
    alone_more = {name: value for name, value in more.items() if name != "sharding"}
    one, alone = trained(student, tmp_path / "one", **alone_more)
    two, together = trained(student, tmp_path / "two", processes=2, **more)
    assert two == pytest.approx(one, rel=1e-4)
    assert len(alone) == len(together) > 2
    for row_of_one, row_of_two in zip(alone, together, strict=True):
        for name in ("step", "tokens", "loss", "rate"):
            assert row_of_two[name] == pytest.approx(row_of_one[name], rel=1e-4), name
    assert together[-1]["held_out"] == pytest.approx(alone[-1]["held_out"], rel=1e-4)
    scores = []
    for name in ("one", "two"):
        whole = tmp_path / name / "model"
        local = StudentModel(whole if whole.is_dir() else student)
        local.use(None if whole.is_dir() else tmp_path / name / "adapter")
        scores.append(local.loglikelihood([([2, 20, 21], [30, 31])])[0][0])
    assert scores[0] == pytest.approx(scores[1], abs=0.02)
    assert not (tmp_path / "two" / "processes").exists()


@pytest.mark.long
def test_the_users_accelerate_config_does_not_decide(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "accelerate").mkdir()
    (tmp_path / "accelerate/default_config.yaml").write_text(
        "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nmixed_precision: fp16\nnum_machines: 4\nmachine_rank: 3\n"
        "main_process_ip: 192.0.2.1\nmain_process_port: 1\nnum_processes: 8\ngpu_ids: '0'\nuse_cpu: false\ndebug: false\n"
        "fsdp_config: {fsdp_version: 2, fsdp_offload_params: true}\n"
    )
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    _, together = trained(student, tmp_path / "two", processes=2, learning_rate=1e-3)
    _, alone = trained(student, tmp_path / "one", learning_rate=1e-3)
    assert losses(together) == pytest.approx(losses(alone), rel=1e-4)


@pytest.mark.parametrize(
    "more", [{}, {"processes": 2, "method": "dora"}, {"processes": 2, "early_stopping": {"patience": 2}}]
)
def test_what_sharding_does_not_go_with_is_an_error(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="sharding: fsdp"):
        TrainSettings.model_validate({"sharding": "fsdp", **more})


def test_an_error_in_a_process_is_the_errors_own_message(student: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="can be trained on"):
        trained(student, tmp_path / "short", processes=2, max_length=16)


def test_processes_whose_parent_is_killed_end(student: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "small_training.py"), str(student), str(tmp_path / "killed")]
    parent = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    checkpoints = tmp_path / "killed" / "checkpoints"
    processes: list[psutil.Process] = []
    for _ in range(2400):
        if checkpoints.is_dir() and any(checkpoints.glob("step-*")):
            processes = psutil.Process(parent.pid).children(recursive=True)
            break
        time.sleep(0.1)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert len(processes) >= 3
    assert psutil.wait_procs(processes, timeout=60)[1] == []


def test_a_parent_whose_number_another_process_has_now_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(launch.os, "_exit", lambda _: ended.set())
    monkeypatch.setattr(psutil.Process, "is_running", lambda _: False)  # this number, but begun at another time
    launch._exit_with(os.getpid())
    assert ended.wait(5)
