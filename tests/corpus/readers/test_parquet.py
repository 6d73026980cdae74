"""Parquet files: row groups that would fill the memory are refused, dense ones are read row by row."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.corpus.readers.footer import ColumnSizes
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Shard
from secondhalf.corpus.readers.parquet import _bomb, _is_dense, map_rows, read
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import sample_corpus, table


def test_a_parquet_file_of_one_text_repeated_is_read_row_by_row(tmp_path: Path):
    text = "0" * 4_000_000
    pq.write_table(pa.table({"text": pa.array([text] * 60).dictionary_encode()}), tmp_path / "a.parquet")
    _, counts, _ = sample_corpus(tmp_path / "s", CorpusSettings(reader="parquet", path=str(tmp_path)))
    assert (counts["rows"], counts["repeated"]) == (1, 59)


@pytest.mark.parametrize(
    ("column", "dense", "reason"),
    [
        (ColumnSizes("text", 1000, 10, 0), False, ""),
        (ColumnSizes("text", 10_000, 10, 0), True, ""),
        (ColumnSizes("text.part", 200_000_000, 500_000, 0), True, "decompression bomb: 400 times its size"),
        (ColumnSizes("texts", 200_000_000, 10, 0), False, ""),
    ],
)
def test_bombs_by_the_footers_sizes(column: ColumnSizes, dense: bool, reason: str) -> None:
    assert (_is_dense([column], ["text"]), _bomb([column], ["text"])) == (dense, reason)


def test_an_honest_dictionary_is_read_however_large(tmp_path: Path) -> None:
    # As polars' write_parquet: one dictionary a column and row group. 12 MB of texts that hardly pack.
    texts = [f"{number} {os.urandom(1500).hex()}" for number in range(4000)]
    copied = pa.table({"text": texts + texts[:1000]})
    pq.write_table(copied, tmp_path / "a.parquet", dictionary_pagesize_limit=1 << 30, row_group_size=5000)
    settings = CorpusSettings(reader="parquet", path=str(tmp_path), sample=10_000)
    _, counts, _ = sample_corpus(tmp_path / "s", settings)
    assert (counts["rows"], counts["repeated"], counts["rejected"]) == (4000, 1000, 0)


def test_a_dictionary_beyond_the_memory_is_refused_with_the_mend(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("secondhalf.corpus.readers.parquet._MOST_IN_A_PAGE", 1000)
    (tmp_path / "a.parquet").write_bytes(table(text=["x" * 2000, "y"], other=["z" * 5000, ""]))
    (item,) = read(Shard("a", str(tmp_path / "a.parquet")), CorpusSettings(reader="parquet"))
    assert item.reason == "large page: 2009 bytes of 'text'; write the file with row groups of 10,000 rows"  # type: ignore[union-attr]


def test_rows_are_numbered_over_batches_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [str(n) for n in range(150)]}), path, row_group_size=100)
    shard = Shard("a.parquet", str(path), path.stat().st_size)
    items = list(read(shard, CorpusSettings(reader="parquet")))
    assert items == [ReadText(str(n), f"{path}:{n + 1}") for n in range(150)]
    assert shard.bytes_read == shard.size


def test_columns_are_chosen_by_the_caller(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(table(a=["1"], b=["2"], c=["3"]))
    items = map_rows(Shard("a", str(tmp_path / "a")), lambda names: names[1:], lambda row, location: row)
    assert list(items) == [{"b": "2", "c": "3"}]
    with pytest.raises(BrokenFileError, match="there is no 'text'; there are 'a', 'b', 'c'"):
        list(read(Shard("a", str(tmp_path / "a")), CorpusSettings(reader="parquet")))
