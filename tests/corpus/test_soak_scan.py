"""Twenty gigabytes through one process: memory stays under 1 GB and does not grow with the corpus."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import SCRIPTS


def _scan(gigabytes: float, sample: int, out: Path) -> dict[str, float]:
    script = SCRIPTS / "generated.py"
    command = [sys.executable, str(script), str(gigabytes), str(sample), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def test_the_generated_corpus_is_what_it_claims(tmp_path: Path):
    tmp_path.joinpath("out").mkdir()
    figures = _scan(0.2, 50, tmp_path / "out")
    assert figures["sampled"] == 50
    assert figures["documents"] > 40_000


@pytest.mark.soak
def test_twenty_gigabytes_fit_into_one(tmp_path: Path, record_property: Callable[[str, object], None]):
    """20 GB of generated shards through one process."""
    tmp_path.joinpath("out").mkdir()
    figures = _scan(20, 10_000, tmp_path / "out")
    for name, value in figures.items():
        record_property(name, value)
    assert figures["gigabytes"] >= 20
    assert figures["sampled"] == 10_000
    assert figures["mb"] < 1000
    assert figures["scanned_mb"] - figures["early_mb"] < 100
