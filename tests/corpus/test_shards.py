"""Which files a path means, and which of them `scan` chooses."""

import os
from pathlib import Path

import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards, list_files
from secondhalf.errors import UserError
from support.corpora import GOOD, sample_corpus, write_shards

TEXTS = [f"Document number {number} has words of its own." for number in range(300)]


def test_scan_reads_some_files_chosen_by_their_names(tmp_path: Path):
    rows = [{"text": text} for text in TEXTS]
    source, copied = write_shards(tmp_path / "here", rows, 10), write_shards(tmp_path / "far" / "away", rows, 10)
    few = CorpusSettings(reader="jsonl", path=str(source), scan=3)
    names = [shard.name for shard in choose_shards(few)[0]]
    more = [shard.name for shard in choose_shards(few.model_copy(update={"scan": 5}))[0]]
    assert set(names) < set(more)
    assert (
        names
        == [shard.name for shard in choose_shards(few.model_copy(update={"path": str(copied)}))[0]]
        == sorted(names)
    )
    _, counts, _ = sample_corpus(tmp_path / "s", few)
    assert (counts["shards_read"], counts["shards"], counts["rows_in"]) == (3, 10, 90)


def test_links_that_loop_and_files_that_are_none(tmp_path: Path):
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "good.txt").write_text(GOOD, "utf-8")
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "again.txt").symlink_to(folder / "sub" / "good.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    corpus = CorpusSettings(reader="text", path=str(folder), max_refused=0.99)
    rows, counts, _ = sample_corpus(tmp_path / "s", corpus)
    assert [row.text for row in rows] == [GOOD]
    assert counts["reasons"] == {"unreadable file": 3}
    assert sample_corpus(tmp_path / "t", corpus.model_copy(update={"path": f"{folder}/**/*.txt"}))[1]["rows"] == 1


def test_names_are_below_the_root_and_endings_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.TXT", "sub/a.txt.gz", "sub/a.txt.zip", "c.md"):
        (tmp_path / name).write_bytes(b"12345")
    shards = list_files(str(tmp_path), (".txt",))
    assert [(shard.name, shard.size) for shard in shards] == [("b.TXT", 5), ("sub/a.txt.gz", 5)]
    assert [shard.name for shard in list_files(f"{tmp_path}/*/*", (".txt",))] == ["sub/a.txt.gz"]
    assert [shard.name for shard in list_files(str(tmp_path / "c.md"), (".txt",))] == ["c.md"]
    assert list_files(str(tmp_path / "nowhere"), (".txt",)) == []


def test_a_path_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no \.jsonl, \.ndjson file: correct the path or the reader"):
        choose_shards(CorpusSettings(reader="jsonl", path=str(tmp_path)))
    with pytest.raises(UserError, match=r"corpus\.path is empty"):
        choose_shards(CorpusSettings(reader="jsonl"))
