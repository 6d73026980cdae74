"""Twenty gigabytes through one process: memory stays under 1 GB and does not grow with the corpus."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import SCRIPTS


def _scan(gigabytes: float, sample: int, out: Path) -> dict[str, float]:
    script = SCRIPTS / "generated.py"
    command = [sys.executable, str(script), str(gigabytes), str(sample), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_generated_corpus_is_what_it_claims(tmp_path: Path):
    tmp_path.joinpath("out").mkdir()
    told = _scan(0.2, 50, tmp_path / "out")
    assert told["sampled"] == 50
    assert told["documents"] > 40_000


@pytest.mark.soak
def test_twenty_gigabytes_fit_into_one(tmp_path: Path):
    tmp_path.joinpath("out").mkdir()
    told = _scan(20, 10_000, tmp_path / "out")
    print(json.dumps(told))
    assert told["gigabytes"] >= 20
    assert told["sampled"] == 10_000
    assert told["mb"] < 1000
    assert told["scanned_mb"] - told["early_mb"] < 100
