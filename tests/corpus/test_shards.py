"""Which files a path means, and which of them `scan` chooses."""

import bz2
import gzip
import lzma
import os
from pathlib import Path

import pytest

from secondhalf.corpus.files import ending_of, list_files
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards
from secondhalf.errors import UserError
from support.corpora import GOOD, lines, sample_corpus, write_shards

TEXTS = [f"Document number {number} has words of its own." for number in range(300)]


def test_scan_reads_some_files_chosen_by_their_names(tmp_path: Path):
    rows = [{"text": text} for text in TEXTS]
    source, copied = write_shards(tmp_path / "here", rows, 10), write_shards(tmp_path / "far" / "away", rows, 10)
    few = CorpusSettings(reader="jsonl", path=str(source), scan=3)
    names = [shard.name for shard in choose_shards(few).shards]
    more = [shard.name for shard in choose_shards(few.model_copy(update={"scan": 5})).shards]
    assert set(names) < set(more)
    assert (
        names
        == [shard.name for shard in choose_shards(few.model_copy(update={"path": str(copied)})).shards]
        == sorted(names)
    )
    _, counts, _ = sample_corpus(tmp_path / "s", few)
    assert (counts["shards_read"], counts["shards"], counts["rows_in"]) == (3, 10, 90)


def test_links_are_followed_only_where_the_recipe_says_so(tmp_path: Path):
    folder, outside = tmp_path / "corpus", tmp_path / "outside"
    (folder / "sub").mkdir(parents=True)
    outside.mkdir()
    (folder / "sub" / "good.txt").write_text(GOOD, "utf-8")
    (outside / "far.txt").write_text(GOOD + " Far away.", "utf-8")
    (folder / "sub" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "out").symlink_to(outside, target_is_directory=True)
    (outside / "back").symlink_to(folder, target_is_directory=True)
    (folder / "again.txt").symlink_to(folder / "sub" / "good.txt")
    (folder / "file.txt").symlink_to(outside / "far.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    corpus = CorpusSettings(reader="text", path=str(folder), max_refused=0.99)
    rows, counts, _ = sample_corpus(tmp_path / "s", corpus)
    assert [row.text for row in rows] == [GOOD]
    assert counts["reasons"] == {"unreadable file": 1}
    assert counts["passed_over"] == {"link": 6}
    followed = corpus.model_copy(update={"follow_links": True})
    rows, counts, _ = sample_corpus(tmp_path / "t", followed)
    assert sorted(row.text for row in rows) == [GOOD, GOOD + " Far away."]
    assert counts["reasons"] == {"unreadable file": 3}
    for number, pattern in enumerate((f"{folder}/**/*.txt", f"{folder}/*/*.txt")):
        rows, counts, _ = sample_corpus(tmp_path / f"g{number}", corpus.model_copy(update={"path": pattern}))
        assert [row.text for row in rows] == [GOOD]
        assert counts["passed_over"]["link"] > 0
        rows, _, _ = sample_corpus(tmp_path / f"h{number}", followed.model_copy(update={"path": pattern}))
        assert len(rows) == 2
    # What the path names itself may be a link.
    for number, path in enumerate((folder / "out", folder / "file.txt", folder / "sub" / "loop" / "out" / "far.txt")):
        rows, _, _ = sample_corpus(tmp_path / f"i{number}", corpus.model_copy(update={"path": str(path)}))
        assert [row.text for row in rows] == [GOOD + " Far away."]


def test_a_folder_of_links_alone_says_so(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"x")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.jsonl").symlink_to(tmp_path / "blob")
    with pytest.raises(UserError, match=r"but others \(1 link\): .*corpus\.follow_links: true"):
        choose_shards(CorpusSettings(reader="jsonl", path=str(tmp_path / "set")))


def test_a_glob_means_what_it_says_and_what_a_folder_passes_over_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "AA").mkdir(parents=True)
    files = {
        "a.jsonl": b"", "b.json": b"", "c.jsonl.bz2": b".bz2", "d.jsonl.xz": b".xz", "c4-train.00000-of-00002.json.gz": b".gz", "AA/wiki_00": b"",
        "README": b"",
    }  # fmt: skip
    pack = {b".gz": gzip.compress, b".bz2": bz2.compress, b".xz": lzma.compress, b"": bytes}
    for name, kind in files.items():
        (folder / name).write_bytes(pack[kind](lines(f"text of {name}")))

    def read(path: str) -> tuple[list[str], dict]:
        settings = CorpusSettings(reader="jsonl", path=f"{folder}/{path}")
        rows, counts, _ = sample_corpus(tmp_path / f"s{len(list(tmp_path.iterdir()))}", settings)
        return sorted(row.text.removeprefix("text of ") for row in rows), counts["passed_over"]

    others = {".json.gz": 1, ".json": 1, "wiki_00": 1, "readme": 1}
    assert read("") == (["a.jsonl", "c.jsonl.bz2", "d.jsonl.xz"], others)
    assert read("*.json.gz") == (["c4-train.00000-of-00002.json.gz"], {})
    assert read("**/wiki_*") == (["AA/wiki_00"], {})
    assert read("*.js*") == (["a.jsonl", "b.json", "c.jsonl.bz2", "c4-train.00000-of-00002.json.gz", "d.jsonl.xz"], {})
    assert read("AA/wiki_00") == (["AA/wiki_00"], {})
    for name in ("a.jsonl", "c.jsonl.bz2", "d.jsonl.xz"):
        (folder / name).unlink()
    with pytest.raises(
        UserError, match=r"holds no \.jsonl, \.ndjson file, but others \(.*1 \.json\.gz.*\): .* a glob such as"
    ):
        read("")


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a/b.JSON.gz", ".json.gz"),
        ("wiki_00", "wiki_00"),
        ("x.tar", ".tar"),
        (".hidden", ".hidden"),
        ("a.b.c.d", ".d"),
        ("e" * 50, "e" * 20),
    ],
)
def test_kinds_of_files_by_the_end_of_their_names(name: str, ending: str) -> None:
    assert ending_of(name) == ending


def test_names_are_below_the_root_and_endings_may_be_compressed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.TXT", "sub/a.txt.gz", "sub/a.txt.zip", "c.md"):
        (tmp_path / name).write_bytes(b"12345")
    shards = list_files(str(tmp_path), (".txt",)).shards
    assert [(shard.name, shard.size) for shard in shards] == [("b.TXT", 5), ("sub/a.txt.gz", 5)]
    assert [shard.name for shard in list_files(f"{tmp_path}/*/*", (".txt",)).shards] == ["sub/a.txt.gz"]
    assert [shard.name for shard in list_files(str(tmp_path / "c.md"), (".txt",)).shards] == ["c.md"]
    assert list_files(str(tmp_path / "nowhere"), (".txt",)).shards == []


def test_a_path_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"holds no \.jsonl, \.ndjson file: correct the path or the reader"):
        choose_shards(CorpusSettings(reader="jsonl", path=str(tmp_path)))
    with pytest.raises(UserError, match=r"corpus\.path is empty"):
        choose_shards(CorpusSettings(reader="jsonl"))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("text", "text does not exist; did you mean texts?"),
        ("text/*.jsonl", "text/*.jsonl does not exist; did you mean texts?"),
        ("texts/aa.jsonl", "texts/aa.jsonl does not exist; did you mean texts/a.jsonl?"),
        ("file://text", "file://text does not exist; did you mean texts?"),
        ("/nowhere/at/all", "/nowhere/at/all does not exist: correct the path."),
        ("", "corpus.path is empty"),
    ],
)
def test_a_path_that_does_not_exist_is_said_so(
    path: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.jsonl").write_text("{}")
    with pytest.raises(UserError) as error:
        choose_shards(CorpusSettings(reader="jsonl", path=path))
    assert words in str(error.value)
