"""A data set of the hub, read shard by shard, with a stand-in for `datasets`."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from support.corpora import GOOD, sample_corpus


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
