"""Idle threads sleep: by OpenMP's own account, and by how often the kernel saw the threads of a process go to sleep."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from secondhalf.store.workers import cores

TESTS = Path(__file__).parent
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "PYTEST_XDIST_"))}
"""An environment in which nobody has chosen for OpenMP."""

COUNT = """
import os, re, time
from pathlib import Path
def sleeps():
    threads = [thread for thread in Path("/proc/self/task").iterdir() if thread.name != str(os.getpid())]
    return sum(int(re.search(r"^voluntary_ctxt_switches:\\s+(\\d+)", (thread / "status").read_text(), re.M)[1]) for thread in threads)
numbers = torch.zeros(1 << 20)
numbers.add_(1)
before = sleeps()
for _ in range(100):
    numbers.add_(1)
    time.sleep(0.0005)
print(sleeps() - before)
"""
"""Prints how often torch's threads went to sleep in a hundred pauses, each shorter than OpenMP spins if it is let."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and GNU OpenMP's account of itself")


def _run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env={**CLEAN, **environment}, capture_output=True, text=True, check=True)


@linux
@pytest.mark.skipif(cores() < 2, reason="one core has no idle threads")
@pytest.mark.parametrize(
    "imports",
    [
        "import secondhalf, torch",
        "import torch, secondhalf",
        f"import runpy; runpy.run_path({str(TESTS / 'conftest.py')!r}); import torch",
    ],
    ids=["the package", "torch", "the conftest"],
)
def test_threads_of_torch_sleep_in_pauses_whichever_was_imported_first(imports: str):
    pytest.importorskip("torch")
    assert int(_run(imports + COUNT).stdout) > 50


@linux
def test_threads_of_the_embedded_engine_sleep(tmp_path: Path):
    pytest.importorskip("xllamacpp")
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    code = (
        "import sys\nfrom pathlib import Path\nfrom secondhalf.errors import UserError\n"
        "from secondhalf.models.engines.llama_cpp import LlamaCppTeacher\n"
        "try:\n    LlamaCppTeacher(Path(sys.argv[1]), 'broken')\nexcept UserError:\n    print('loaded')"
    )
    done = _run(code, str(broken), OMP_DISPLAY_ENV="VERBOSE")
    assert done.stdout.strip() == "loaded"
    # The policy is no proof: where none is set, GNU OpenMP calls it passive too, and spins 300,000 times.
    assert re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr) == ["1000"]


@pytest.mark.parametrize(
    ("chosen", "seen"),
    [
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE None"),
        ({"GOMP_SPINCOUNT": "0"}, "PASSIVE 0"),
        ({}, "PASSIVE 1000"),
    ],
)
def test_what_the_user_chose_stands(chosen: dict[str, str], seen: str):
    code = "import os, secondhalf; print(*(os.environ.get(name) for name in ('OMP_WAIT_POLICY', 'GOMP_SPINCOUNT')))"
    assert _run(code, **chosen).stdout.strip() == seen


def test_processes_that_are_started_sleep_too():
    code = "import os, secondhalf, subprocess; subprocess.run(['env'])"
    assert "OMP_WAIT_POLICY=PASSIVE" in _run(code).stdout.splitlines()


def test_importing_the_package_is_light():
    heavy = {"torch", "xllamacpp", "numpy", "pyarrow", "threading"}
    # What was there before is not the package's doing: `make coverage` starts with every process, and brings threading.
    code = f"import sys; before = {{*sys.modules}}; import secondhalf; print(*({heavy!r} & {{*sys.modules}} - before))"
    assert _run(code).stdout.split() == []
