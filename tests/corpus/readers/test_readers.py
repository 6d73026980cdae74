"""Every reader reads a good file of its format, with its fields, wherever it is and however it is packed."""

import gzip
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from secondhalf.corpus.fingerprint import fingerprint
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.rows import Document
from support.corpora import FILES, GOOD, beside, drawn, good, lines, needed, saved, table, zstd

PLACES = ["file", "folder", "glob", "file url", "memory file", "memory folder", "memory glob"]


def read(store: Path, reader: str, path: str, **settings: Any) -> list[Document]:
    """The sample of a path."""
    return drawn(store, CorpusSettings(reader=reader, path=path, **settings))[0]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("reader", FILES)
def test_a_good_file_is_read_from_everywhere(tmp_path: Path, reader: str, place: str):
    needed(reader)
    name, data = good(reader)
    folder = tmp_path / "corpus" / "inside"
    ending = name.removeprefix("good")
    path = {
        "file": str(folder / name), "folder": str(tmp_path / "corpus"), "glob": f"{tmp_path}/*/**/*{ending}",
        "file url": f"file://{folder / name}", "memory file": f"memory://{reader}/inside/{name}",
        "memory folder": f"memory://{reader}", "memory glob": f"memory://{reader}/*/*{ending}",
    }[place]  # fmt: skip
    if place.startswith("memory"):
        fsspec = pytest.importorskip("fsspec")
        for one, content in ((name, data), ("other.bin", b"\0")):
            fsspec.filesystem("memory").pipe(f"/{reader}/inside/{one}", content)
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
    needed(reader)
    name, data = good(reader)
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    data = zstd(plain) if packed == ".zst" else gzip.compress(plain)
    texts, rejects = beside(tmp_path, reader, {"packed" + name.removeprefix("good").removesuffix(".gz") + packed: data})
    assert (texts, rejects) == ([], [])  # the same text as the good file's: `beside` found it, once
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
    (found,) = read(tmp_path / "store", reader, str(tmp_path / "a"), **fields, licence="unused")
    assert (found.text, found.url, found.source) == (GOOD, "7#0", "example.org")
    assert (found.language, found.licence) == ("ja", "CC-BY-4.0")


def test_a_row_that_does_not_say_has_the_recipe_s_licence_and_its_place(tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes(lines("other") + lines(GOOD, url=None, terms=""))
    settings = {"licence_field": "terms", "licence": "CC0-1.0", "source_field": "site"}
    rows = read(tmp_path / "store", "jsonl", str(tmp_path / "a.jsonl"), **settings)
    (found,) = [row for row in rows if row.text == GOOD]
    assert (found.licence, found.source, found.url) == ("CC0-1.0", "jsonl", f"{tmp_path}/a.jsonl:2#0")


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
    with pytest.raises(UserError, match=r"pip install 'secondhalf\[(html|hub)\]'"):
        read(tmp_path / "store", reader, str(tmp_path))


class Rows(list[dict[str, Any]]):
    """A streamed data set of the hub, as far as the reader uses one."""

    num_shards = 2

    def shard(self, num_shards: int, index: int) -> "Rows":
        """Every second row."""
        return Rows(self[index::num_shards])


def test_the_hub_is_read_shard_by_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[Any, ...]] = []

    def load_dataset(name: str, subset: str | None, **more: Any) -> Rows:
        asked.append((name, subset, more["split"], more["revision"]))
        return Rows([{"text": f"{GOOD} {number}"} for number in range(9)] + [{"text": None}])

    hub = ModuleType("datasets")
    hub.load_dataset = load_dataset  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "datasets", hub)
    settings = CorpusSettings(reader="hub", path="org/name@v1", subset="small", split="test")
    rows, told, _ = drawn(tmp_path / "store", settings)
    assert set(asked) == {("org/name", "small", "test", "v1")}
    assert (len(rows), told["rejected"], told["shards"]) == (9, 1, 2)
    half, told, _ = drawn(tmp_path / "half", settings.model_copy(update={"scan": 1}))
    assert (told["rows_in"], told["shards_read"]) == (5, 1)
    assert {row.id for row in half} < {row.id for row in rows}

    def fails(*_: Any, **__: Any) -> Rows:
        raise ConnectionError("no network\nmore")

    hub.load_dataset = fails  # type: ignore[attr-defined]
    with pytest.raises(UserError, match=r"org/name@v1 could not be had from the hub \(no network\)"):
        drawn(tmp_path / "fails", settings)


def test_a_network_that_fails_is_an_error_and_no_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.pipe("/net/a.jsonl", lines(GOOD))

    class Fails:
        """An open file whose connection is lost."""

        def read(self, *_: Any) -> bytes:
            raise TimeoutError("timed out")

        def __getattr__(self, _: str) -> Any:
            return lambda *_: 0

    monkeypatch.setattr(type(memory), "open", lambda *_, **__: Fails())
    with pytest.raises(UserError, match=r"memory://.*net/a\.jsonl could not be read \(timed out\)"):
        read(tmp_path / "store", "jsonl", "memory://net")


def test_a_fingerprint_follows_names_and_contents(tmp_path: Path):
    folder = tmp_path / "corpus"
    folder.mkdir()

    def now(**more: Any) -> str:
        return fingerprint(CorpusSettings(reader="jsonl", path=str(folder), **more))

    (folder / "a.jsonl").write_bytes(lines(GOOD))
    first = now()
    assert first == now()
    (folder / "other.txt").write_bytes(b"not read")
    assert first == now()
    (folder / "a.jsonl").write_bytes(lines(GOOD[::-1]))
    changed = now()
    os.rename(folder / "a.jsonl", folder / "b.jsonl")
    assert len({first, changed, now()}) == 3
    os.mkfifo(folder / "c.jsonl")
    assert now()
