"""A replica's server runs, is started again where it ends, and never outlives whoever started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from secondhalf.models.server import tether
from secondhalf.models.server.replica import STARTS, Replica, ReplicaFailedError
from secondhalf.models.server.replica_settings import ReplicaSettings
from secondhalf.models.server.replicas import _is_ready
from support import SCRIPTS


def _settings(folder: Path) -> ReplicaSettings:
    return ReplicaSettings(command=f"{sys.executable} {SCRIPTS / 'replica_server.py'} {{host}} {{port}} {folder}")


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    one = Replica(_settings(tmp_path), "127.0.0.1")
    yield one
    one.stop()


def _until(holds, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _ask_until_it_raises(replica: Replica) -> None:
    while True:
        replica.address()
        time.sleep(0.05)


def _servers(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob("*.up")]


def _is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_it_is_ready_after_a_while_and_ends_when_it_is_stopped(replica: Replica, tmp_path: Path) -> None:
    host, port = replica.address()
    assert not _is_ready(host, port, "/v1/models")
    _until(lambda: _is_ready(host, port, "/v1/models"))
    assert replica.address() == (host, port)
    assert not _is_ready(host, port, "/other")
    (pid,) = _servers(tmp_path)
    replica.stop()
    _until(lambda: _is_gone(pid))


def test_a_server_that_died_is_started_again(replica: Replica, tmp_path: Path) -> None:
    replica.address()
    _until(lambda: len(_servers(tmp_path)) == 1)
    os.kill(_servers(tmp_path)[0], signal.SIGKILL)
    _until(lambda: replica.address() and len(_servers(tmp_path)) == 2)


def test_a_server_that_ends_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    command = f"""{sys.executable} -c "import sys; open('{tmp_path}/n', 'a').write('x'); sys.exit('no weights at {{port}}')" """
    replica = Replica(ReplicaSettings(command=command), "127.0.0.1")
    with pytest.raises(ReplicaFailedError, match="no weights at"):
        _ask_until_it_raises(replica)
    assert (tmp_path / "n").read_text() == "x" * STARTS


def test_a_program_that_is_not_there_is_named() -> None:
    replica = Replica(ReplicaSettings(command="no-such-program-here {port}"), "127.0.0.1")
    with pytest.raises(ReplicaFailedError, match="no-such-program-here"):
        _ask_until_it_raises(replica)


@pytest.mark.parametrize("killed", ["starter", "tether"])
def test_it_ends_with_whoever_started_it_however_that_ended(killed: str, tmp_path: Path) -> None:
    server = [sys.executable, str(SCRIPTS / "replica_server.py"), "127.0.0.1", "0", str(tmp_path)]
    held = f"""
import subprocess, sys, time
process = subprocess.Popen([sys.executable, {tether.__file__!r}, {str(tmp_path / "log")!r}, *{server!r}], stdin=subprocess.PIPE)
print(process.pid, flush=True)
time.sleep(100)
"""
    starter = subprocess.Popen([sys.executable, "-c", held], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    tethered = int(starter.stdout.readline())
    _until(lambda: len(_servers(tmp_path)) == 1)
    (pid,) = _servers(tmp_path)
    assert not _is_gone(pid)
    os.kill(starter.pid if killed == "starter" else tethered, signal.SIGKILL)
    _until(lambda: _is_gone(pid))
    starter.kill()
    starter.wait()
