"""The sample: by hash, independent of order, a larger one contains the smaller one; groups have their shares."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.rows import Document, digest
from support.corpora import GOOD, good, sample_corpus, write_shards

TEXTS = [f"Document number {number} has words of its own. 文書{number}です。" for number in range(200)]


def _jsonl(path: Path, texts: list[str]) -> str:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return str(path)


def _sample(tmp_path: Path, name: str, seed: int = 1, **settings) -> list[Document]:
    return sample_corpus(tmp_path / "store" / "corpus" / name, CorpusSettings(**settings), seed)[0]


def test_the_sample_depends_on_neither_order_nor_repeats(tmp_path: Path):
    one = _sample(tmp_path, "a", reader="jsonl", path=_jsonl(tmp_path / "a.jsonl", TEXTS), sample=50)
    two = _sample(tmp_path, "b", reader="jsonl", path=_jsonl(tmp_path / "b.jsonl", TEXTS[::-1] + TEXTS), sample=50)
    assert [row.id for row in one] == [row.id for row in two] == sorted(row.id for row in one)
    assert len({row.text for row in two}) == 50


def test_a_larger_sample_contains_the_smaller_one_and_a_seed_draws_another(tmp_path: Path):
    path = _jsonl(tmp_path / "a.jsonl", TEXTS)
    small = {row.id for row in _sample(tmp_path, "a", reader="jsonl", path=path, sample=20)}
    large = {row.id for row in _sample(tmp_path, "b", reader="jsonl", path=path, sample=80)}
    other = {row.id for row in _sample(tmp_path, "c", seed=2, reader="jsonl", path=path, sample=20)}
    assert small < large
    assert small != other


def test_every_reader_reads_the_same_texts(tmp_path: Path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for number, text in enumerate(TEXTS[:10]):
        (folder / f"{number}.txt").write_text(text, "utf-8")
    _jsonl(tmp_path / "a.jsonl", TEXTS[:10])
    with gzip.open(tmp_path / "a.jsonl.gz", "wb") as file:
        file.write((tmp_path / "a.jsonl").read_bytes())
    pq.write_table(pa.table({"text": TEXTS[:10]}), tmp_path / "a.parquet")
    ways = {"text": folder, "jsonl": tmp_path / "a.jsonl", "parquet": tmp_path / "a.parquet"}
    samples = [
        {row.text for row in _sample(tmp_path, name, reader=name, path=str(path))} for name, path in ways.items()
    ]
    samples.append({row.text for row in _sample(tmp_path, "gz", reader="jsonl", path=str(tmp_path / "a.jsonl.gz"))})
    assert all(texts == set(TEXTS[:10]) for texts in samples)


def test_pages_archives_and_saved_data_sets_are_read(tmp_path: Path):
    pytest.importorskip("resiliparse")
    for reader in ("html", "warc", "saved"):
        name, content = good(reader)
        (tmp_path / name).write_bytes(content)
        rows = _sample(tmp_path, reader, reader=reader, path=str(tmp_path / name))
        assert [row.text for row in rows] == [GOOD]
        assert rows[0].url.startswith("http://example.org/page" if reader == "warc" else str(tmp_path))


def test_fields_are_mapped(tmp_path: Path):
    row = {"body": "the text", "id": 7, "site": "news\n", "lang": "en", "rights": "CC0-1.0"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({"body": "another"}), "utf-8")
    names = {
        "field": "body",
        "url_field": "id",
        "source_field": "site",
        "language_field": "lang",
        "licence_field": "rights",
    }
    fields = {"reader": "jsonl", "path": str(tmp_path / "a.jsonl"), "licence": "PSF-2.0", **names}
    rows = {row.text: row for row in _sample(tmp_path, "a", **fields)}
    row = rows["the text"]
    assert (row.url, row.source, row.language, row.licence) == ("7#0", "news\\n", "en", "CC0-1.0")
    other = rows["another"]
    assert (other.source, other.language, other.licence) == ("jsonl", "", "PSF-2.0")
    assert other.url.endswith("a.jsonl:2#0")
    assert row.id == digest("the text")


def _read(folder: Path, out: Path, **settings):
    return sample_corpus(out, CorpusSettings(reader="jsonl", path=str(folder), **settings))


def test_each_source_gets_its_share_and_what_one_cannot_fill_goes_to_others(tmp_path: Path):
    rows = [{"text": text, "from": "rare" if n < 10 else "common"} for n, text in enumerate(TEXTS[:150])]
    folder = write_shards(tmp_path / "corpus", rows, 2)
    fields = {"per": "source", "source_field": "from"}

    def shares(name: str, **more):
        rows, counts, _ = _read(folder, tmp_path / name, **fields, **more)
        assert counts["rows_in"] == counts["rows"] + counts["not_sampled"]
        return Counter(row.source for row in rows), {row.id for row in rows}

    assert shares("a", sample=12)[0] == {"rare": 6, "common": 6}
    assert shares("b", sample=60)[0] == {"rare": 10, "common": 50}
    assert shares("c", sample=12, shares={"common": 3, "rare": 1})[0] == {"rare": 3, "common": 9}
    assert shares("d", sample=12, shares={"rare": 1})[0] == {"rare": 10}
    assert shares("e", sample=12)[1] < shares("f", sample=40)[1]


def test_languages_are_detected_where_no_field_gives_them(tmp_path: Path):
    english = [{"text": f"This is a plain English sentence about the number {n}."} for n in range(50)]
    japanese = [{"text": f"これは番号{n}についての普通の日本語の文章です。"} for n in range(8)]
    rows, _, _ = _read(write_shards(tmp_path / "c", english + japanese, 2), tmp_path / "s", sample=12, per="language")
    assert Counter(row.language for row in rows) == {"en": 6, "ja": 6}
