"""Bytes of files: what stands before a damage is read, a long line is not held."""

import gzip
import json
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.stream import BLOCK, is_url, open_shard, read_blocks, read_whole, split_lines
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import lines, sample_corpus, zstd

OTHER = "Another good text, which stands in the bad file itself. "


def test_what_stood_before_the_damage_is_read(tmp_path: Path):
    texts = "".join(json.dumps({"text": f"{OTHER} {n} {os.urandom(200).hex()}"}) + "\n" for n in range(2000)).encode()
    for name, packed in (("gz", gzip.compress(texts, 1, mtime=0)), ("zst", zstd(texts))):
        path = tmp_path / f"a.jsonl.{name}"
        path.write_bytes(packed[: len(packed) * 3 // 4])
        rows, counts, _ = sample_corpus(
            tmp_path / name, CorpusSettings(reader="jsonl", path=str(path), max_refused=0.99)
        )
        assert len(rows) == 1000 or name == "zst"
        assert counts["rows_in"] > 1200
        assert counts["reasons"] == {"truncated file": 1}


def test_a_long_line_is_not_held(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + lines(OTHER))
    tracemalloc.start()
    _, counts, _ = sample_corpus(tmp_path / "s", CorpusSettings(reader="jsonl", path=str(path)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counts["reasons"] == {"too long": 1}
    assert peak < 40_000_000


@given(st.lists(st.binary(max_size=8), max_size=20), st.integers(1, 30))
def test_lines_do_not_depend_on_blocks(blocks: list[bytes], limit: int) -> None:
    content = b"".join(blocks)
    expected = [line[: limit + 1] for line in content.split(b"\n")]
    assert list(split_lines(iter(blocks), limit)) == (expected if expected[-1] else expected[:-1])


@pytest.mark.parametrize(("name", "compress"), [("a.txt", bytes), ("a.txt.gz", gzip.compress), ("a.txt.zst", zstd)])
def test_blocks_are_the_contents_and_a_whole_is_cut_one_byte_above_its_limit(
    tmp_path: Path, name: str, compress
) -> None:
    content = os.urandom(BLOCK + 10)
    (tmp_path / name).write_bytes(compress(content))
    shard = Shard(name, str(tmp_path / name), 1)
    assert b"".join(read_blocks(shard)) == content
    assert shard.bytes_read == (tmp_path / name).stat().st_size
    assert read_whole(shard, len(content)) == content
    assert read_whole(shard, 100) == content[:101]


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="unreadable file: No such file or directory"):
        open_shard(Shard("a", str(tmp_path / "a")))
    with pytest.raises(BrokenFileError, match="unreadable file: it is no regular file"):
        open_shard(Shard("a", str(tmp_path), -1))


def test_urls() -> None:
    paths = ("s3://bucket/a", "memory://a", "file:///a", "/a", "a:b")
    assert [is_url(path) for path in paths] == [True, True, False, False, False]


def test_a_damaged_file_gives_its_blocks_first(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"a" * 1000, mtime=0)[:-4])
    blocks: Iterator[bytes] = read_blocks(Shard("a.gz", str(tmp_path / "a.gz")))
    assert next(blocks) == b"a" * 1000
    with pytest.raises(BrokenFileError, match="truncated file"):
        next(blocks)
