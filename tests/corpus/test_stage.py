"""Readers and the sample: by hash, independent of order, a larger one contains the smaller one."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.corpus.fingerprint import fingerprint
from secondhalf.corpus.sections import sections
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.rows import Document, digest
from support.corpora import GOOD, drawn, good, lines

TEXTS = [f"Document number {number} has words of its own. 文書{number}です。" for number in range(200)]


def _jsonl(path: Path, texts: list[str]) -> str:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return str(path)


def _draw(tmp_path: Path, name: str, seed: int = 1, **settings) -> list[Document]:
    return drawn(tmp_path / "store" / "corpus" / name, CorpusSettings(**settings), seed)[0]


def test_the_sample_depends_on_neither_order_nor_repeats(tmp_path: Path):
    one = _draw(tmp_path, "a", reader="jsonl", path=_jsonl(tmp_path / "a.jsonl", TEXTS), sample=50)
    two = _draw(tmp_path, "b", reader="jsonl", path=_jsonl(tmp_path / "b.jsonl", TEXTS[::-1] + TEXTS), sample=50)
    assert [row.id for row in one] == [row.id for row in two] == sorted(row.id for row in one)
    assert len({row.text for row in two}) == 50


def test_a_larger_sample_contains_the_smaller_one_and_a_seed_draws_another(tmp_path: Path):
    path = _jsonl(tmp_path / "a.jsonl", TEXTS)
    small = {row.id for row in _draw(tmp_path, "a", reader="jsonl", path=path, sample=20)}
    large = {row.id for row in _draw(tmp_path, "b", reader="jsonl", path=path, sample=80)}
    other = {row.id for row in _draw(tmp_path, "c", seed=2, reader="jsonl", path=path, sample=20)}
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
    found = [{row.text for row in _draw(tmp_path, name, reader=name, path=str(path))} for name, path in ways.items()]
    found.append({row.text for row in _draw(tmp_path, "gz", reader="jsonl", path=str(tmp_path / "a.jsonl.gz"))})
    assert all(texts == set(TEXTS[:10]) for texts in found)


def test_pydoc_is_there_without_any_file(tmp_path: Path):
    rows = _draw(tmp_path, "p", reader="pydoc", sample=1000, section_words=200)
    assert len(rows) > 200
    assert all(row.url.startswith("pydoc:") for row in rows)


def test_pages_archives_and_saved_data_sets_are_read(tmp_path: Path):
    pytest.importorskip("resiliparse")
    for reader in ("html", "warc", "saved"):
        name, content = good(reader)
        (tmp_path / name).write_bytes(content)
        rows = _draw(tmp_path, reader, reader=reader, path=str(tmp_path / name))
        assert [row.text for row in rows] == [GOOD]
        assert rows[0].url.startswith("http://example.org/page" if reader == "warc" else str(tmp_path))


@pytest.mark.parametrize("reader", ["text", "jsonl", "parquet", "saved"])
def test_urls_are_read_as_paths_are(tmp_path: Path, reader: str):
    fsspec = pytest.importorskip("fsspec")
    name, content = good(reader)
    (tmp_path / name).write_bytes(content)
    memory = fsspec.filesystem("memory")
    memory.pipe(f"/corpus/{reader}/sub/{name}", content)
    memory.pipe(f"/corpus/{reader}/sub/other.csv", b"x")
    places = [f"file://{tmp_path}", f"file://{tmp_path / name}", f"memory://corpus/{reader}"]
    places += [f"memory://corpus/{reader}/sub/{name}", f"memory://corpus/{reader}/*/*"]
    for number, place in enumerate(places):
        assert [row.text for row in _draw(tmp_path, str(number), reader=reader, path=place)] == [GOOD], place
        assert fingerprint(CorpusSettings(reader=reader, path=place))


def test_a_network_that_fails_stops_the_run(tmp_path: Path, monkeypatch):
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.pipe("/failing/a.jsonl", lines(*TEXTS))
    monkeypatch.setattr("fsspec.implementations.memory.MemoryFile.read", _fails, raising=False)
    with pytest.raises(UserError, match=r"a\.jsonl could not be read \(the line is down"):
        _draw(tmp_path, "a", reader="jsonl", path="memory://failing")


def _fails(*_):
    raise TimeoutError("the line is down")


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
    said = {"reader": "jsonl", "path": str(tmp_path / "a.jsonl"), "licence": "PSF-2.0", **names}
    rows = {row.text: row for row in _draw(tmp_path, "a", **said)}
    told = rows["the text"]
    assert (told.url, told.source, told.language, told.licence) == ("7#0", "news\\n", "en", "CC0-1.0")
    other = rows["another"]
    assert (other.source, other.language, other.licence) == ("jsonl", "", "PSF-2.0")
    assert other.url.endswith("a.jsonl:2#0")
    assert told.id == digest("the text")


def test_sections_keep_every_paragraph_and_their_order():
    text = "\n\n".join(f"Paragraph {n} " + "word " * 30 for n in range(10))
    cut = list(sections(text, 100))
    assert len(cut) > 2
    assert " ".join(" ".join(cut).split()) == " ".join(text.split())
    assert all(len(section.split()) <= 100 for section in cut)
