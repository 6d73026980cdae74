"""Small corpora for the tests, good and bad, in every format."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.stage import sample_documents
from secondhalf.rows import Document, from_table
from secondhalf.store import Stage
from support.office_files import archive, letter, shape_of, sheet, slides, word

GOOD = "The good text beside the bad one, which must be read whatever stands next to it. 良い文章です。"
PAGE = "<html><head><title>t</title></head><body><article><p>{}</p></article></body></html>"


NEEDS = {"html": ["resiliparse"], "warc": ["resiliparse", "fastwarc"], "epub": ["resiliparse"]}
FILES = ["text", "html", "jsonl", "parquet", "saved", "warc"]
DOCUMENTS = ["markdown", "docx", "pptx", "xlsx", "csv", "epub", "mail"]
_BOOK = {
    "META-INF/container.xml": '<container><rootfile full-path="book.opf"/></container>',
    "book.opf": '<package><item id="a" href="good.html" media-type="text/html"/><itemref idref="a"/></package>',
}


def lines(*texts: Any, field: str = "text", **more: Any) -> bytes:
    """JSON Lines with these values in a field, and more fields that are the same in each."""
    return "".join(json.dumps(more | {field: text}, ensure_ascii=False) + "\n" for text in texts).encode()


def table(compression: str = "snappy", **columns: Any) -> bytes:
    """A Parquet file."""
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression=compression)
    return file.getvalue()


def saved(**columns: Any) -> bytes:
    """An Arrow file as `datasets` saves it."""
    file, rows_table = io.BytesIO(), pa.table(columns)
    with pa.ipc.new_stream(file, rows_table.schema) as stream:
        stream.write_table(rows_table)
    return file.getvalue()


def zstd(data: bytes) -> bytes:
    """Compressed by zstd."""
    return bytes(pa.Codec("zstd").compress(data, asbytes=True))


def response(
    body: bytes, mime: str = "text/html; charset=utf-8", status: str = "200 OK", length: int | None = None
) -> bytes:
    """One WARC response record; `length` to claim another length than it has."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {mime}\r\n\r\n".encode() + body
    stated_length = len(http) if length is None else length
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/page\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {stated_length}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def good(reader: str) -> tuple[str, bytes]:
    """A file of the reader with the one good text."""
    page = PAGE.format(GOOD).encode()
    return {
        "folder": ("good.txt", GOOD.encode()),
        "text": ("good.txt", GOOD.encode()),
        "markdown": ("good.md", GOOD.encode()),
        "docx": ("good.docx", word(GOOD)),
        "pptx": ("good.pptx", slides(shape_of(GOOD))),
        "xlsx": ("good.xlsx", sheet([["text"], [GOOD]])),
        "csv": ("good.csv", f'text\n"{GOOD}"\n'.encode()),
        "epub": ("good.epub", archive({**_BOOK, "good.html": page})),
        "mail": ("good.eml", letter(GOOD)),
        "html": ("good.html", page),
        "jsonl": ("good.jsonl", lines(GOOD)),
        "parquet": ("good.parquet", table(text=[GOOD])),
        "saved": ("good.arrow", saved(text=[GOOD])),
        "warc": ("good.warc.gz", gzip.compress(response(page), mtime=0)),
    }[reader]


def write_shards(folder: Path, rows: list[dict[str, Any]], count: int) -> Path:
    """A folder with the rows in so many JSON Lines files, dealt out in turn."""
    folder.mkdir(parents=True)
    for index in range(count):
        lines_of_shard = "".join(json.dumps(row) + "\n" for row in rows[index::count])
        (folder / f"{index:03d}.jsonl").write_text(lines_of_shard, "utf-8")
    return folder


def sample_corpus(
    folder: Path, settings: CorpusSettings, seed: int = 1
) -> tuple[list[Document], dict[str, Any], Stage]:
    """The sample, the counts for the manifest, and the stage."""
    folder.mkdir(parents=True)
    stage = Stage(folder)
    counts = sample_documents(settings, seed, stage)
    return from_table(Document, stage.read()), counts, stage


def read_beside_good(
    folder: Path, reader: str, files: dict[str, bytes], **settings: Any
) -> tuple[list[str], list[dict[str, Any]]]:
    """The other texts and the rejects of a folder with these files and the good one, which is always read."""
    name, data = good(reader)
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for path, content in {name: data, **files}.items():
        (folder / "corpus" / path).write_bytes(content)
    fields = {"reader": reader, "path": str(folder / "corpus"), "max_refused": 0.99} | settings
    rows, counts, stage = sample_corpus(folder / "store", CorpusSettings(**fields))
    rejects = stage.read("rejects").to_pylist()
    assert GOOD in {row.text for row in rows}
    assert counts["rows_in"] == counts["rows"] + counts["rejected"] + counts["repeated"] + counts["not_sampled"]
    assert counts["rejected"] == len(rejects) == sum(counts["reasons"].values())
    assert stage.read("verdicts").num_rows == len(rows) + len(rejects)
    return sorted(row.text for row in rows if row.text != GOOD), rejects


def skip_without(reader: str) -> None:
    """Skips, saying why, where the reader's extra is not installed."""
    for module in NEEDS.get(reader, []):
        pytest.importorskip(module)
