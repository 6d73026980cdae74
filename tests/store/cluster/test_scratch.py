"""A worker's folder on a node goes with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from secondhalf.store.cluster.scratch import Scratch


def test_a_folder_goes_with_its_worker_or_with_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lost = "import os; from secondhalf.store.cluster.scratch import Scratch; Scratch(); os._exit(1)"
    subprocess.run([sys.executable, "-c", lost], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    [left] = tmp_path.iterdir()
    first, second = Scratch(), Scratch()
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {first.path.name, second.path.name}
    first.remove()
    second.remove()
    assert list(tmp_path.iterdir()) == []
