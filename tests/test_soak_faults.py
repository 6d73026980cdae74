"""One seed decides what goes wrong, in the manner of simulation tests of databases: kills, full disks, slow and lying servers,
flipped bits, jumps of the clock, prunes and second processes, over the tiny pipeline. Whatever came about, the run then ends as
an undisturbed one does, or a sentence says what is to be done, and once that is done it ends so. Ten seeds here, a thousand in
`make soak` (SECONDHALF_SEEDS=FIRST-LAST takes others)."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import SCRIPTS
from support.bad_server import BadServer
from support.recipes import tiny_recipe

LYING = ("429", "500", "502", "503", "reset", "truncated", "empty", "schema", "html", "nonsense", "length", "drip")
ENDS = (0, 1, 2, -9)
"""Done; a store that is damaged, as `store --check` says; a sentence on what is to be done; killed."""


def _recipe(folder: Path, url: str) -> Path:
    server = {"urls": [url], "timeout": 5, "attempts": 12, "max_in_flight": 8}
    teach = {"model": "m", "server": server, "sampling": {"max_tokens": 20}}
    # The server's replies repeat what they were asked to do.
    audit = {"refuse_instructions": False}
    return tiny_recipe(folder / "tiny.yaml", corpus={"sample": 24}, teach=teach, audit=audit)


def _command(faults: dict[str, int], *arguments: str) -> list[str]:
    return [sys.executable, str(SCRIPTS / "faulted_command.py"), json.dumps(faults), *arguments]


def _start(folder: Path, faults: dict[str, int], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        _command(faults, *arguments),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def _end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its status and what it wrote to stderr, held to: killed, done, or a sentence."""
    _, errors = process.communicate(timeout=240)
    assert "Traceback" not in errors, errors
    assert process.returncode in ENDS, errors
    if process.returncode == 2:
        assert errors.strip().splitlines()[-1].startswith("secondhalf: "), errors
    return process.returncode, errors


def _tables(folder: Path) -> dict[str, bytes]:
    """Every table of the stages that the run uses."""
    links = json.loads((folder / "runs" / "tiny" / "stages.json").read_text("utf-8"))
    paths = [path for link in links.values() for path in (folder / "store" / link["stage"]).glob("*.parquet")]
    assert paths
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _flip(folder: Path, rng: random.Random) -> None:
    """Flips one bit of a file of the store or of the run."""
    files = sorted(
        path
        for room in ("store", "runs")
        for path in (folder / room).rglob("*")
        if path.is_file() and path.stat().st_size
    )
    if files:
        path = rng.choice(files)
        data = bytearray(path.read_bytes())
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)


@contextmanager
def _server(rng: random.Random) -> Iterator[str]:
    share = rng.choice((0.0, 0.2, 0.6))
    fates: dict[tuple[str, int], str] = {}

    def script(prompt: str, nth: int) -> str:
        if nth >= 6:
            return "ok"  # a server that never recovers is another test's
        return fates.setdefault((prompt, nth), rng.choice(LYING) if rng.random() < share else "ok")

    with BadServer(script) as server:
        yield server.url


def _disturb(folder: Path, rng: random.Random) -> None:
    """One attempt at the run in which something goes wrong."""
    what = rng.choice(("die", "room", "clock", "flip", "prune", "second", "nothing"))
    faults = {
        "die": {"die": rng.randrange(1, 1500)},
        "room": {"room": rng.randrange(500, 60_000)},
        "clock": {"clock": rng.random()},
    }
    if what == "flip":
        _flip(folder, rng)
    attempts = [_start(folder, faults.get(what, {}), "audit", "tiny.yaml")]
    if what == "second":
        attempts.append(
            _start(folder, {"die": rng.randrange(1, 1500)} if rng.random() < 0.5 else {}, "audit", "tiny.yaml")
        )
    if what == "prune":
        time.sleep(rng.uniform(0, 3))
        if (folder / "runs").is_dir():
            attempts.append(_start(folder, {}, "store", "--prune", "--yes"))
    for attempt in attempts:
        _end(attempt)
    if what == "room" and rng.random() < 0.5:
        _flip(folder, rng)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with BadServer() as server:
        _recipe(folder, server.url)
        assert _end(_start(folder, {}, "audit", "tiny.yaml"))[0] == 0
    return _tables(folder)


def _hold(seed: int, folder: Path, undisturbed: dict[str, bytes], most: int) -> None:
    """`most`: so many attempts go wrong before one is left alone."""
    rng = random.Random(seed)
    with _server(rng) as url:
        _recipe(folder, url)
        for _ in range(rng.randrange(1, most + 1)):
            _disturb(folder, rng)
    with BadServer() as server:
        _recipe(folder, server.url)
        for _ in range(4):
            status, errors = _end(_start(folder, {}, "audit", "tiny.yaml"))
            if status == 0 and _tables(folder) == undisturbed:
                return
            if written := re.search(r"write (\{.*?\}) into that file", errors):
                (folder / "store" / "store.json").write_text(written[1], "utf-8")
            # A sentence says what is damaged, and the same command makes it again.
            _end(_start(folder, {}, "store", "--check"))
    raise AssertionError(f"seed {seed}: {errors or 'other tables than those of an undisturbed run'}")


def _hold_all(seeds: range, folder: Path, undisturbed: dict[str, bytes], most: int) -> None:
    def hold(seed: int) -> None:
        own = folder / str(seed)
        own.mkdir()
        _hold(seed, own, undisturbed, most)
        shutil.rmtree(own)

    with ThreadPoolExecutor(2) as pool:
        for _ in pool.map(hold, seeds):
            pass


@pytest.mark.long
@pytest.mark.timeout(900)
def test_whatever_goes_wrong_the_tables_are_those_of_an_undisturbed_run(tmp_path: Path, undisturbed) -> None:
    _hold_all(range(10), tmp_path, undisturbed, 1)


@pytest.mark.soak
def test_a_thousand_seeds(tmp_path: Path, undisturbed) -> None:
    first, last = (int(part) for part in os.environ.get("SECONDHALF_SEEDS", "10-1009").split("-"))
    _hold_all(range(first, last + 1), tmp_path, undisturbed, 3)
