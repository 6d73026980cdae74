"""No worker outlives the process that it works for, not even one that is killed outright."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

POOL = """
import os, sys, time
from secondhalf.store.workers import worker_pool
if __name__ == "__main__":
    with worker_pool(2) as pool:
        busy = pool.submit(time.sleep, 60)
        print(pool.submit(os.getpid).result(), *{process for process in pool._processes}, flush=True)
        {THEN}
"""
SEARCH = """
import multiprocessing, os, time
from secondhalf.store.workers import end_with_parent

def work():
    end_with_parent()
    print(os.getpid(), flush=True)
    time.sleep(60)

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=work)
    process.start()
    process.join()
"""


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(
    "script",
    [POOL.replace("{THEN}", "time.sleep(60)"), SEARCH],
    ids=["busy and idle workers of a pool", "a process of its own"],
)
def test_workers_end_when_their_parent_is_killed(tmp_path, script: str) -> None:
    path = tmp_path / "script.py"
    path.write_text(script, "utf-8")
    parent = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert parent.stdout
    workers = sorted({int(pid) for pid in parent.stdout.readline().split()})
    assert _alive(workers) == workers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while _alive(workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _alive(workers) == []


def test_a_pool_that_ends_in_order_returns_what_its_workers_made() -> None:
    from secondhalf.store.workers import worker_pool

    with worker_pool(1) as pool:
        assert pool.submit(abs, -3).result() == 3
