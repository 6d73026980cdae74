"""What the benchmarks of asking share: a local server in a process of its own, and a peer's script."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


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
