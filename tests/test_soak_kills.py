"""Killed at random moments, again and again, a run ends as if it never had been: `make soak`."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support import SCRIPTS
from support.recipes import tiny_recipe
from support.runs import stored_files

KILLS = 30
LONGEST = 25.0  # seconds a run may go on before it is killed


@pytest.mark.soak
def test_thirty_kills_at_random_moments(tmp_path: Path, student: Path):
    """A run killed 30 times, then finished: every table, adapter and log equals those of a run never killed."""
    recipe = tiny_recipe(tmp_path / "tiny.yaml", student, teach={"model": "dummy:0.1"})
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    rng = random.Random(1)
    harness = [sys.executable, str(SCRIPTS / "kill_at.py"), "never", "calls", "run", str(recipe)]
    for folder in (killed, whole):
        folder.mkdir()
    for _ in range(KILLS):
        process = subprocess.Popen(harness, cwd=killed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.5, LONGEST))
        process.send_signal(signal.SIGKILL)
        process.wait()
    for folder in (killed, whole):
        assert subprocess.run(harness, cwd=folder, capture_output=True, check=False, timeout=600).returncode == 0
    assert stored_files(killed) == stored_files(whole)
    calls = (killed / "calls").read_text().split()
    assert len(calls) - len(set(calls)) <= 4 * KILLS  # at most what was in flight, four slots a kill
