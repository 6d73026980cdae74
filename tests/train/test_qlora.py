"""QLoRA with bitsandbytes itself, which lies beside the other packages: PEFT looks for it once in a process."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from support import SCRIPTS

pytest.importorskip("torch")
BESIDE = Path(sys.prefix) / "four-bits"
SCRIPT = SCRIPTS / "qlora_beside_lora.py"


@pytest.mark.skipif(not BESIDE.is_dir() and not find_spec("bitsandbytes"), reason="needs the extra qlora")
def test_qlora_is_lora_on_what_four_bits_leave(student: Path, tmp_path: Path) -> None:
    """Left to itself bitsandbytes loses the gradients on a CPU once held-out pairs were looked at."""
    paths = os.pathsep.join([*sys.path, str(BESIDE)])
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(student), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "kernels" not in done.stderr  # what bitsandbytes says at its import
    logs = json.loads(done.stdout.splitlines()[-1])
    assert len(logs["qlora"]) == len(logs["lora"]) > 4
    assert logs["qlora"][-1]["loss"] < 0.8 * logs["qlora"][0]["loss"]
    for one, two in zip(logs["qlora"], logs["lora"], strict=True):
        assert one["loss"] == pytest.approx(two["loss"], rel=1e-3)
        assert one["held_out"] == pytest.approx(two["held_out"], rel=1e-3)
    assert logs["moved"]
