"""Readers and the sample: by hash, independent of order, a larger one contains the smaller one."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.corpus.sections import sections
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.stage import draw
from secondhalf.errors import UserError
from secondhalf.rows import Document, from_table
from secondhalf.store import Stage

TEXTS = [f"Document number {number} has words of its own. 文書{number}です。" for number in range(200)]


def _jsonl(path: Path, texts: list[str]) -> str:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return str(path)


def _draw(tmp_path: Path, name: str, seed: int = 1, **settings) -> list[Document]:
    stage = Stage(tmp_path / "store" / "corpus" / name)
    stage.path.mkdir(parents=True)
    draw(CorpusSettings(**settings), seed, stage)
    return from_table(Document, stage.read())


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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"text": "a"}\n[1]\n', r":2 has no text in the field 'text'"),
        ('{"text": "a"}\nnot json\n', r":2 is not JSON"),
        ('{"body": "a"}\n', r":1 has no text in the field 'text'"),
        ("\n\n", "holds no document"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str, said: str):
    (tmp_path / "a.jsonl").write_text(content)
    with pytest.raises(UserError, match=said):
        _draw(tmp_path, "a", reader="jsonl", path=str(tmp_path / "a.jsonl"))


def test_sections_keep_every_paragraph_and_their_order():
    text = "\n\n".join(f"Paragraph {n} " + "word " * 30 for n in range(10))
    cut = list(sections(text, 100))
    assert len(cut) > 2
    assert " ".join(" ".join(cut).split()) == " ".join(text.split())
    assert all(len(section.split()) <= 100 for section in cut)
