"""What the benchmarks of this folder share: the local server, the figures' file, the machine."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results"


@contextmanager
def local_server(*options: str) -> Iterator[str]:
    """The address of a local_server.py of its own process."""
    command = [sys.executable, str(HERE / "local_server.py"), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()


def peer(python: Path, script: str, *arguments: str, seconds: float = 900) -> dict[str, Any]:
    """The last line of a peer's script, run by its own interpreter, as JSON. Raises RuntimeError with its last words."""
    command = [str(python), str(HERE / "peers" / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{script}: {done.stderr.strip()[-1000:]}")
    figures: dict[str, Any] = json.loads(lines[-1])
    return figures


def finish(name: str, figures: dict[str, Any], *, quick: bool) -> None:
    """Prints the figures as the last line; a full run writes them to results/NAME.json with what made them."""
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        made_by = {
            "command": f"python benchmarks/{name}.py",
            "versions": {"python": platform.python_version(), "secondhalf": version("secondhalf")},
            "machine": f"{platform.system()} {platform.machine()}, {_processor()}, {len(os.sched_getaffinity(0))} cores",
            "load": [round(value, 2) for value in os.getloadavg()],
            "date": time.strftime("%Y-%m-%d"),
        }
        (RESULTS / f"{name}.json").write_text(json.dumps({**figures, **made_by}, indent=2) + "\n")
    print(json.dumps(figures))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
