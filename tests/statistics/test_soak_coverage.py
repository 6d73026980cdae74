"""Every interval covers the truth as often as it promises, and few seeds claim nothing: `make soak` (benchmarks/coverage.py)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "coverage.py"


@pytest.mark.soak
def test_intervals_cover_the_truth() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check", "1"], check=True, capture_output=True, text=True)
    _check(json.loads(done.stdout.splitlines()[-1])["designs"], least=1000)


def test_the_committed_simulation_holds() -> None:
    path = SCRIPT.parent / "results" / "coverage.json"
    _check(json.loads(path.read_text("utf-8"))["figures"]["designs"], least=1000)


def _check(designs: dict[str, dict], least: int) -> None:
    assert len(designs) > 40
    for name, row in designs.items():
        assert row["experiments"] >= least, name
        if row["wanted"] is None:
            assert row["claims"] == 0, name
        else:
            assert row["wanted"][0] <= row["covers"] <= row["wanted"][1], name
        if name.startswith("arms as"):  # no difference is there to be claimed
            assert row["claims"] <= 0.07, name
