"""A run starts its teacher's replicas on its cluster, goes on when their node dies, and leaves none behind.

The server is a stand-in that answers by rule; vLLM's own, on GPUs, is not here: path run on a stand-in, real run outstanding.
"""

import json
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest

from secondhalf import api
from secondhalf.errors import UserError
from secondhalf.models.server import replica
from support import SCRIPTS
from support.clusters import add_node, tables, write_corpus
from support.recipes import tiny_recipe

pytestmark = pytest.mark.extras


def _recipe(folder: Path, replicas: dict[str, Any], cluster: Any) -> Path:
    corpus = {"reader": "jsonl", "path": str(write_corpus(folder / "files")), "sample": 240, "section_words": 120}
    return tiny_recipe(
        folder / "recipe.yaml",
        corpus=corpus,
        teach={"model": "m", "server": {"replicas": replicas}},
        data={"original": None},
        engine="ray",
        cluster={"address": cluster.address},
    )


def _command(folder: Path, seconds: float = 0.0, servers: int = 0) -> str:
    folder.mkdir()
    return f"{sys.executable} {SCRIPTS / 'replica_server.py'} {{host}} {{port}} {folder} {seconds} {servers}"


def _run(recipe: Path, folder: Path) -> dict[str, bytes]:
    """The tables of a run up to its replies. What comes before them is made by this process: workers on Ray are another test's."""
    alone = {"engine": "local", "cluster.address": "", "teach.server.replicas": None}
    for changes, until in ((alone, "split"), ({}, "teach")):
        api.run(api.load(recipe, **changes), until=until, runs=folder / "runs", store=folder / "store")
    return tables(folder / "store")


def _calls(folder: Path) -> dict[str, list[str]]:
    """The prompts that each server answered."""
    return {path.stem: path.read_text("utf-8").splitlines() for path in folder.glob("*.calls")}


def _left(folder: Path) -> list[int]:
    pids = [int(path.stem) for path in folder.glob("*.up")]
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE]


def _none_left(folder: Path) -> bool:
    end = time.monotonic() + 20
    while _left(folder) and time.monotonic() < end:
        time.sleep(0.1)
    return not _left(folder)


def test_two_replicas_share_the_work_and_end_with_the_run(cluster: Any, tmp_path: Path) -> None:
    served = tmp_path / "served"
    recipe = _recipe(tmp_path, {"command": _command(served, 0.05), "number": 2}, cluster)
    made = _run(recipe, tmp_path)
    assert any(name.startswith("teach/") and "part-" in name for name in made)
    calls = _calls(served)
    assert len(calls) == 2
    assert set(Counter(prompt for prompts in calls.values() for prompt in prompts).values()) == {1}
    assert _none_left(served)


def test_a_replica_whose_node_dies_is_started_on_another(cluster: Any, tmp_path: Path) -> None:
    """Each worker node has the core for one replica; one node is killed while its replica answers, and another joins."""
    served = tmp_path / "served"
    recipe = _recipe(tmp_path, {"command": _command(served, 0.1, 3), "number": 2, "cores": 1}, cluster)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(_run, recipe, tmp_path)
        while sum(map(len, _calls(served).values())) < 20:
            assert not run.done(), run.exception()
            time.sleep(0.05)
        # Ray starts a node in the main thread alone.
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        add_node(cluster)
        made = run.result()
    calls = _calls(served)
    counts = Counter(prompt for prompts in calls.values() for prompt in prompts)
    assert max(counts.values()) <= 2  # what the dead one answered and nobody heard is asked again
    assert any(name.startswith("teach/") and "part-" in name for name in made)
    assert len(list(served.glob("*.up"))) >= 3
    assert _none_left(served)


def test_a_command_that_never_runs_stops_with_its_words(cluster: Any, tmp_path: Path) -> None:
    command = f"{sys.executable} -c \"import sys; sys.exit('no weights, port {{port}}')\""
    recipe = _recipe(tmp_path, {"command": command}, cluster)
    with pytest.raises(
        UserError, match=rf"server\.replicas: no replica runs; .*ended {replica.STARTS} times.*no weights"
    ):
        _run(recipe, tmp_path)


def test_words_of_a_command_are_what_the_recipe_says(tmp_path: Path, cluster: Any) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    script = "import json, os, sys; json.dump(sys.argv[1:], open('{0}/words', 'w')); sys.exit('enough')"
    command = f"{sys.executable} -c \"{script.format(folder)}\" '$HOME; ls' {{port}}"
    with pytest.raises(UserError):
        _run(_recipe(tmp_path, {"command": command}, cluster), tmp_path)
    assert json.loads((folder / "words").read_text())[0] == "$HOME; ls"
    assert os.environ["HOME"] != "$HOME"
