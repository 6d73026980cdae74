"""A data set of the hub, read shard by shard, with a stand-in for `datasets`, and with `datasets` itself from a hub of the test's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.recipe import load_recipe
from support.corpora import GOOD, sample_corpus
from support.hub_server import Hub
from support.recipes import tiny_recipe


class Rows(list[dict[str, Any]]):
    """A streamed data set of the hub, as far as the reader uses one."""

    num_shards = 2

    def shard(self, num_shards: int, index: int) -> "Rows":
        """Every second row."""
        return Rows(self[index::num_shards])


def test_the_hub_is_read_shard_by_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    requests: list[tuple[Any, ...]] = []

    def load_dataset(name: str, subset: str | None, **more: Any) -> Rows:
        requests.append((name, subset, more["split"], more["revision"]))
        return Rows([{"text": f"{GOOD} {number}"} for number in range(9)] + [{"text": None}])

    hub = ModuleType("datasets")
    hub.load_dataset = load_dataset  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "datasets", hub)
    settings = CorpusSettings(reader="hub", path="org/name@v1", subset="small", split="test")
    rows, counts, _ = sample_corpus(tmp_path / "store", settings)
    assert set(requests) == {("org/name", "small", "test", "v1")}
    assert (len(rows), counts["rejected"], counts["shards"]) == (9, 1, 2)
    half, counts, _ = sample_corpus(tmp_path / "half", settings.model_copy(update={"scan": 1}))
    assert (counts["rows_in"], counts["shards_read"]) == (5, 1)
    assert {row.id for row in half} < {row.id for row in rows}

    def fails(*_: Any, **__: Any) -> Rows:
        raise ConnectionError("no network\nmore")

    hub.load_dataset = fails  # type: ignore[attr-defined]
    with pytest.raises(UserError, match=r"org/name@v1 could not be had from the hub \(no network\)"):
        sample_corpus(tmp_path / "fails", settings)


def _command(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: `datasets` and the hub's client read the environment when they are imported."""
    command = [sys.executable, "-m", "secondhalf", "corpus", "r.yaml"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, env=os.environ | environment, timeout=200
    )


def test_from_a_mirror_as_the_environment_names_it(hub: Hub, tmp_path: Path):
    """Some seconds: two processes that import `datasets`."""
    rows = "".join(json.dumps({"text": f"{GOOD} {number}"}) + "\n" for number in range(12))
    sha = hub.add("org/texts", {"data/train.jsonl": rows.encode(), "README.md": b"# texts"}, "dataset")
    tiny_recipe(tmp_path / "r.yaml", corpus={"reader": "hub", "path": "org/texts", "sample": 5, "section_words": None})
    done = _command(tmp_path, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "hf"))
    assert done.returncode == 0, done.stderr
    assert load_recipe(tmp_path / "runs/tiny/recipe.yaml").corpus.path == f"org/texts@main@{sha}"
    read = [line for line in hub.requests if "/resolve/" in line]
    assert read
    assert all(f"/resolve/{sha}/" in line for line in read)
    hub.repositories["dataset", "org/texts"].gated = True
    (tmp_path / "other").mkdir()
    tiny_recipe(tmp_path / "other/r.yaml", corpus={"reader": "hub", "path": "org/texts", "section_words": None})
    refused = _command(tmp_path / "other", HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "hf2"))
    assert refused.returncode == 2
    assert f"org/texts is gated: accept its terms at {hub.url}/datasets/org/texts" in refused.stderr


def test_offline_nothing_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: Any, **__: Any) -> Rows:
        raise ConnectionError("offline")

    stand_in = ModuleType("datasets")
    stand_in.load_dataset = fails  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "datasets", stand_in)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match="org/name is streamed from the hub, and HF_HUB_OFFLINE is set: unset it"):
        sample_corpus(tmp_path / "store", CorpusSettings(reader="hub", path="org/name"))
