"""One scan: which rows count, where it stops, and how much of the refusals it keeps."""

from pathlib import Path

import pytest

from secondhalf.corpus.best import BestRows
from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.scan import MAX_KEPT_REFUSALS, PROGRESS_EVERY, ScanResult, scan_shard
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import lines, sample_corpus, write_shards

TEXTS = [f"Document number {number} has words of its own." for number in range(300)]


def _scan(path: Path, seed: int = 1, **settings: object) -> tuple[ScanResult, int]:
    """The result, and how often the progress was reported."""
    corpus = CorpusSettings.model_validate({"reader": "jsonl", "path": str(path), **settings})
    result = ScanResult(BestRows(corpus.sample))
    reports: list[ScanResult] = []
    scan_shard(Shard(path.name, str(path), path.stat().st_size), corpus, seed, result, reports.append)
    return result, len(reports)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a \ud800 b", "lone surrogate"),
        (" \n", "empty text"),
        ("a\0b", "nul character"),
        ("é" * 501, "too long"),
        ("é" * 500, None),
    ],
)
def test_what_is_no_text(monkeypatch: pytest.MonkeyPatch, text: str, reason: str | None) -> None:
    monkeypatch.setitem(READERS, "text", lambda *_: iter([ReadText(text, "a.txt")]))
    result = ScanResult(BestRows(1))
    scan_shard(Shard("a.txt", "a.txt"), CorpusSettings(max_document_bytes=1000), 1, result, lambda _: None)
    assert (result.rows, dict(result.reasons)) == (1, {reason: 1} if reason else {})
    assert len(result.best) == (reason is None)


def test_sections_are_rows_of_one_document(tmp_path: Path) -> None:
    text = "\n\n".join(f"paragraph {number} " + "word " * 20 for number in range(6))
    (tmp_path / "a.jsonl").write_bytes(lines(text, ""))
    result, _ = _scan(tmp_path / "a.jsonl", section_words=50)
    assert (result.documents, result.rows, result.reasons.total()) == (2, 4, 1)
    assert sorted(row.number for row in result.best.rows()) == [0, 1, 2]


def test_progress_is_reported_now_and_then(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*map(str, range(2 * PROGRESS_EVERY + 1))))
    assert _scan(tmp_path / "a.jsonl")[1] == 2


def test_the_seed_decides_the_ranks(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*TEXTS))
    one, same, other = (set(_scan(tmp_path / "a.jsonl", seed)[0].best) for seed in (1, 1 + 2**64, 2))
    assert one == same
    assert one.isdisjoint(other)


def test_results_add_up() -> None:
    one, two = (ScanResult(BestRows(1)) for _ in range(2))
    one.refuse(Refused("a:1", "not json: x"))
    two.refuse(Refused("b:1", "not json: y"))
    two.refuse(Refused("b:2", "empty text"))
    two.documents = 2
    one.merge(two)
    assert (one.rows, one.documents, dict(one.reasons)) == (3, 2, {"not json": 2, "empty text": 1})
    assert sorted(row.location for row in one.refused.rows()) == ["a:1", "b:1", "b:2"]


def test_scan_limit_reads_the_beginning(tmp_path: Path) -> None:
    folder = write_shards(tmp_path / "c", [{"text": text} for text in TEXTS], 2)
    corpus = CorpusSettings(reader="jsonl", path=str(folder), scan_limit=40)
    rows, counts, _ = sample_corpus(tmp_path / "s", corpus)
    assert {row.text for row in rows} == set(TEXTS[0:80:2])
    assert counts["rows_in"] == 40


def test_stored_rejects_are_bounded_and_all_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        lines(*map(str, range(13_000))) + b"1\n" * 13_000 + b"{\n" * 3 + lines(*range(3))
    )
    corpus = CorpusSettings(reader="jsonl", path=str(tmp_path), max_refused=0.99)
    _, counts, stage = sample_corpus(tmp_path / "s", corpus)
    assert counts["reasons"] == {"not an object": 13_000, "not json": 3, "no text in the field": 3}
    assert counts["rows_in"] == counts["rows"] + counts["rejected"] + counts["repeated"] + counts["not_sampled"]
    reasons = [reason.partition(":")[0] for reason in stage.read("rejects")["reason"].to_pylist()]
    assert len(reasons) == MAX_KEPT_REFUSALS
    assert reasons.count("not json") == reasons.count("no text in the field") == 3
