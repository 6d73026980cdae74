"""Every reader reads a good file of its format, with its fields, wherever it is and however it is packed."""

import gzip
import sys
from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.rows import Document
from support.corpora import (
    DOCUMENTS,
    FILES,
    GOOD,
    good,
    lines,
    read_beside_good,
    sample_corpus,
    saved,
    skip_without,
    table,
    zstd,
)

LOCATIONS = ["file", "folder", "glob", "file url", "memory file", "memory folder", "memory glob"]


def read(store: Path, reader: str, path: str, **settings: Any) -> list[Document]:
    """The sample of a path."""
    return sample_corpus(store, CorpusSettings(reader=reader, path=path, **settings))[0]


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("reader", [*FILES, *DOCUMENTS])
def test_a_good_file_is_read_from_everywhere(tmp_path: Path, reader: str, location: str):
    skip_without(reader)
    name, data = good(reader)
    folder = tmp_path / "corpus" / "inside"
    ending = name.removeprefix("good")
    path = {
        "file": str(folder / name), "folder": str(tmp_path / "corpus"), "glob": f"{tmp_path}/*/**/*{ending}",
        "file url": f"file://{folder / name}", "memory file": f"memory://{reader}/inside/{name}",
        "memory folder": f"memory://{reader}", "memory glob": f"memory://{reader}/*/*{ending}",
    }[location]  # fmt: skip
    if location.startswith("memory"):
        fsspec = pytest.importorskip("fsspec")
        for file, content in ((name, data), ("other.bin", b"\0")):
            fsspec.filesystem("memory").pipe(f"/{reader}/inside/{file}", content)
    else:
        folder.mkdir(parents=True)
        (folder / name).write_bytes(data)
        (folder / "other.bin").write_bytes(b"\0")
    rows = read(tmp_path / "store", reader, path, licence="CC0-1.0")
    assert [(row.text.strip(), row.source, row.licence) for row in rows] == [(GOOD, reader, "CC0-1.0")]
    assert name in rows[0].url or rows[0].url == "http://example.org/page#0"


@pytest.mark.parametrize("packed", [".gz", ".zst", ".GZ"])
@pytest.mark.parametrize("reader", ["text", "html", "jsonl", "warc"])
def test_a_packed_file_is_read_as_if_it_were_not(tmp_path: Path, reader: str, packed: str):
    skip_without(reader)
    name, data = good(reader)
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    data = zstd(plain) if packed == ".zst" else gzip.compress(plain, mtime=0)
    texts, rejects = read_beside_good(
        tmp_path, reader, {"packed" + name.removeprefix("good").removesuffix(".gz") + packed: data}
    )
    assert (texts, rejects) == ([], [])  # the same text as the good file's: it was read once
    (tmp_path / "corpus" / name).unlink()
    assert [row.text.strip() for row in read(tmp_path / "alone", reader, str(tmp_path / "corpus"))] == [GOOD]


@pytest.mark.parametrize(("reader", "maker"), [("jsonl", lines), ("parquet", table), ("saved", saved)])
def test_fields_are_mapped(tmp_path: Path, reader: str, maker: Any):
    row = {"body": GOOD, "id": 7, "site": "example.org", "lang": "ja", "terms": "CC-BY-4.0", "text": "not this one"}
    data = lines(row.pop("text"), **row) if maker is lines else maker(**{key: [value] for key, value in row.items()})
    (tmp_path / "a").write_bytes(data)
    fields = {
        "field": "body",
        "url_field": "id",
        "source_field": "site",
        "language_field": "lang",
        "licence_field": "terms",
    }
    (row,) = read(tmp_path / "store", reader, str(tmp_path / "a"), **fields, licence="unused")
    assert (row.text, row.url, row.source) == (GOOD, "7#0", "example.org")
    assert (row.language, row.licence) == ("ja", "CC-BY-4.0")


def test_a_row_that_does_not_say_has_the_recipe_s_licence_and_its_place(tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes(lines("other") + lines(GOOD, url=None, terms=""))
    settings = {"licence_field": "terms", "licence": "CC0-1.0", "source_field": "site"}
    rows = read(tmp_path / "store", "jsonl", str(tmp_path / "a.jsonl"), **settings)
    (row,) = [row for row in rows if row.text == GOOD]
    assert (row.licence, row.source, row.url) == ("CC0-1.0", "jsonl", f"{tmp_path}/a.jsonl:2#0")


def test_pydoc_is_there_without_any_file(tmp_path: Path):
    rows = read(tmp_path / "store", "pydoc", "", section_words=200)
    assert len(rows) > 200
    assert all(row.url.startswith("pydoc:") for row in rows)


@pytest.mark.parametrize(("reader", "module"), [("html", "resiliparse"), ("warc", "fastwarc"), ("hub", "datasets")])
def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, module: str):
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    name, data = good("html" if reader == "hub" else reader)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=r"pip install .*\[(html|hub)\]'"):
        read(tmp_path / "store", reader, str(tmp_path))
