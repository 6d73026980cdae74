"""A corpus larger than memory, from shards to audited tables: memory stays under 4 GB, and five kills lose and repeat nothing.

SECONDHALF_SOAK_GB (default 1) and SECONDHALF_SOAK_PAIRS (default 50,000) say how large; the tables are compared with those of a
run that was never killed up to 100,000 pairs. 50 GB and 2,000,000 pairs want some 30 GB of disk and hours.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from support import SCRIPTS
from support.recipes import tiny_recipe
from support.runs import stored_files

GIGABYTES = float(os.environ.get("SECONDHALF_SOAK_GB", "1"))
PAIRS = int(os.environ.get("SECONDHALF_SOAK_PAIRS", "50000"))
COMPARED = 100_000  # pairs up to which a second run, never killed, is worth its time
MOST_MB = 4000
SLOTS = 4  # of the dummy: what may be in flight when a run is killed
STAGES = ("corpus", "clean", "deduplicate", "split", "teach", "audit")
KILLED_IN = ("corpus", "clean", "deduplicate", "teach", "audit")


class Attempt:
    """One process that runs the recipe, and the most memory that it and its workers took at once, by stage, in MB."""

    def __init__(self, folder: Path, recipe: Path, peaks: dict[str, int]) -> None:
        command = [sys.executable, str(SCRIPTS / "soak_run.py"), "calls", "audit", str(recipe)]
        self._folder, self._peaks = folder, peaks
        with (folder / "errors").open("w") as errors:
            self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors)

    def ends_before(self, stage: str | None) -> bool:
        """Waits until it has ended, or is half through a stage. True where it has ended."""
        since = None
        while self.process.poll() is None:
            current = self._look()
            if stage and current == stage:
                since = since or time.monotonic()
                if self._half_done(stage, time.monotonic() - since):
                    return False
            time.sleep(0.1)
        return True

    def _look(self) -> str:
        """Adds to the peaks; the stage that is made now."""
        started = [name for name in STAGES if list(self._folder.glob(f"store/{name}/*"))]
        stage = started[-1] if started else "start"
        self._peaks[stage] = max(self._peaks.get(stage, 0), round(_anonymous_bytes(self.process.pid) / 1e6))
        return stage

    def _half_done(self, stage: str, seconds: float) -> bool:
        if stage in {"corpus", "deduplicate"}:  # these are one part
            return seconds > 1
        return len(list(self._folder.glob(f"store/{stage}/*/part-*.parquet"))) > PAIRS / 1000 / 2

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def _anonymous_bytes(pid: int) -> int:
    """Memory that no file stands behind, of a process and all below it: what the system cannot take back."""
    total = 0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            total += _anonymous_bytes_of(process)
        except (OSError, psutil.Error):  # it ended meanwhile
            continue
    return total


def _anonymous_bytes_of(process: psutil.Process) -> int:
    if not sys.platform.startswith("linux"):
        return int(process.memory_full_info().uss)
    lines = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def _recipe(folder: Path) -> Path:
    return tiny_recipe(
        folder / "large.yaml",
        name="large",
        corpus={
            "reader": "jsonl",
            "path": f"generated://{max(1, round(GIGABYTES * 10))}",
            "sample": round(PAIRS * 1.25),
            "section_words": None,
        },
        clean=None,
        split=None,
        data={"original": None},
    )


def _manifests(folder: Path) -> dict[str, dict[str, Any]]:
    found = {path.parents[1].name: path for path in folder.glob("store/*/*/manifest.json")}
    return {stage: json.loads(found[stage].read_text("utf-8")) for stage in STAGES}


@pytest.mark.soak
def test_a_corpus_larger_than_memory_becomes_audited_tables(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Generated shards to audited pairs with a dummy teacher, killed once in each of five stages: memory that no file stands
    behind stays under 4 GB, no row and no call is lost or repeated beyond what was in flight."""
    killed, start, peaks = tmp_path / "killed", time.monotonic(), dict[str, int]()
    killed.mkdir()
    recipe = _recipe(tmp_path)
    for stage in KILLED_IN:
        attempt = Attempt(killed, recipe, peaks)
        assert not attempt.ends_before(stage), (killed / "errors").read_text("utf-8")
        attempt.kill()
    last = Attempt(killed, recipe, peaks)
    assert last.ends_before(None)
    assert last.process.returncode == 0, (killed / "errors").read_text("utf-8")
    seconds, manifests = time.monotonic() - start, _manifests(killed)

    for stage, manifest in manifests.items():
        out = manifest["rows"] + manifest["rejected"] + manifest.get("repeated", 0) + manifest.get("not_sampled", 0)
        assert manifest["rows_in"] == out, stage
    calls = Counter((killed / "calls").read_text().split())
    assert set(calls.values()) <= {1, 2}
    assert calls.total() - len(calls) <= len(KILLED_IN) * SLOTS
    assert len(calls) == manifests["teach"]["rows_in"]
    assert manifests["teach"]["rows_in"] >= 0.9 * PAIRS
    assert max(peaks.values()) < MOST_MB, peaks

    figures = {
        "gigabytes": GIGABYTES, "documents": manifests["corpus"]["rows_in"], "sampled": manifests["corpus"]["rows"],
        "taught": manifests["teach"]["rows"], "audited": manifests["audit"]["rows"], "kills": len(KILLED_IN),
        "calls_repeated": calls.total() - len(calls), "peak_mb": peaks, "run_seconds": round(seconds),
        "stage_seconds": {stage: manifest["seconds"] for stage, manifest in manifests.items()},
    }  # fmt: skip
    for name, value in figures.items():
        record_property(name, value)
    if PAIRS <= COMPARED:
        whole = tmp_path / "whole"
        whole.mkdir()
        assert Attempt(whole, recipe, {}).ends_before(None)
        assert stored_files(killed) == stored_files(whole)
        record_property("tables_equal_those_of_a_run_never_killed", True)
