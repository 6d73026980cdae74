"""A fingerprint follows the names and the contents of what is read, and nothing else."""

import os
from pathlib import Path

import pytest

from secondhalf.corpus.fingerprint import fingerprint_corpus
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import GOOD, lines


@pytest.mark.parametrize("limit", [64_000_000, 10])  # contents hashed; size and time in their place
def test_it_follows_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr("secondhalf.corpus.fingerprint.MAX_HASHED_BYTES", limit)

    def fingerprint() -> str:
        return fingerprint_corpus(CorpusSettings(reader="jsonl", path=str(tmp_path)))

    (tmp_path / "a.jsonl").write_bytes(lines(GOOD))
    first = fingerprint()
    assert first == fingerprint()
    (tmp_path / "other.txt").write_bytes(b"not read")
    assert first == fingerprint()
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write("{}\n")
    changed = fingerprint()
    os.rename(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert len({first, changed, fingerprint()}) == 3


def test_a_file_that_cannot_be_read_has_one_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(GOOD))
    os.mkfifo(tmp_path / "c.jsonl")
    (tmp_path / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    assert fingerprint_corpus(CorpusSettings(reader="jsonl", path=str(tmp_path), follow_links=True))


def test_a_remote_file_counts_by_its_version() -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    settings = CorpusSettings(reader="jsonl", path="memory://fingerprint")
    memory.pipe("/fingerprint/a.jsonl", lines(GOOD))
    first = fingerprint_corpus(settings)
    assert first == fingerprint_corpus(settings)
    memory.pipe("/fingerprint/a.jsonl", lines(GOOD, "more"))
    assert first != fingerprint_corpus(settings)


def test_a_data_set_of_the_hub_counts_by_name_and_revision() -> None:
    one, two = (CorpusSettings(reader="hub", path=path) for path in ("org/name@v1", "org/name@v2"))
    assert fingerprint_corpus(one) == fingerprint_corpus(one) != fingerprint_corpus(two)
    assert fingerprint_corpus(CorpusSettings(reader="pydoc"))
