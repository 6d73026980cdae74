"""Neither shards, nor where they lie, nor the number of processes change a sample."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus import pool
from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.rows import Document
from secondhalf.store import Stage
from support.corpora import sample_corpus, write_shards

TEXTS = [f"Document number {number} has words of its own." for number in range(300)]


def _sample(folder: Path, out: Path, **settings: Any) -> tuple[list[Document], dict[str, Any], Stage]:
    return sample_corpus(out, CorpusSettings(reader="jsonl", path=str(folder), **settings))


def test_shards_places_and_processes_decide_nothing(tmp_path: Path):
    rows = [{"text": text, "url": f"u{n}"} for n, text in enumerate(TEXTS)] + [{"text": TEXTS[0], "url": "a copy"}]
    source, reordered = (
        write_shards(tmp_path / "here", rows, 3),
        write_shards(tmp_path / "there" / "deep", [*rows[::-1], {"text": 1}], 7),
    )
    one, counts, stage = _sample(source, tmp_path / "a", sample=100, workers=1)
    two, more, _ = _sample(reordered, tmp_path / "b", sample=100, workers=2)
    assert one == two
    assert (counts["repeated"], counts["rows_in"]) == (more["repeated"], more["rows_in"] - 1)
    assert more["reasons"] == {"no text in the field": 1}
    _, again, other = _sample(source, tmp_path / "c", sample=100, workers=3)
    assert again == counts
    for kind in ("part", "rejects", "verdicts"):
        assert other.read(kind).equals(stage.read(kind))


def test_processes_start_where_there_is_much_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(4)))
    large = [Shard(str(n), str(n), pool.PARALLEL_FROM_BYTES // 6 + 1) for n in range(6)]
    small = [Shard(str(n), str(n), 10) for n in range(6)]
    assert pool._process_count(large, CorpusSettings()) == 4
    assert pool._process_count(large[:5], CorpusSettings()) == 1
    assert pool._process_count(small, CorpusSettings()) == 1
    assert pool._process_count(small, CorpusSettings(workers=3)) == 3
    assert pool._process_count(small[:2], CorpusSettings(workers=3)) == 2
    assert pool._process_count(large, CorpusSettings(workers=3, scan_limit=9)) == 1
    assert pool._process_count(large, CorpusSettings(workers=3, path="memory://corpus")) == 1
