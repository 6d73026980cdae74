"""A mixed folder: each file by what it is; what no reader takes is counted, with what to do."""

import struct
import tracemalloc
from pathlib import Path

import pytest

from secondhalf.corpus.readers.documents.archive import Archive
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.kinds import kind_of, who_reads
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards, name_passed_over
from secondhalf.errors import UserError
from support.corpora import GOOD, lines, response, sample_corpus, table
from support.office_files import book, letter, sheet, slides, word
from support.pdf_files import pdf, wrapped

SENTENCE = "The {} holds a sentence of its own, which is read. 文章です。"
FILES = {
    "a.txt": (SENTENCE.encode(), "text"),
    "README": (SENTENCE.encode(), "text"),
    "sjis.txt": ("これは日本語の文章です。".encode("cp932"), "text"),
    "a.md": (b"# x\n\n" + SENTENCE.encode(), "markdown"),
    "a.html": (b"<html><p>" + SENTENCE.encode(), "html"),
    "page.txt": (b"\n<!DOCTYPE html><html><p>" + SENTENCE.encode(), "html"),
    "a.pdf": (pdf([wrapped("A sentence.", 60)]), "pdf"),
    "pdf.txt": (pdf([wrapped("A sentence.", 60)]), "pdf"),
    "a.docx": (word(SENTENCE), "docx"),
    "docx": (word(SENTENCE), "docx"),
    "wrong.pdf": (word(SENTENCE), "docx"),
    "a.pptx": (slides("x"), "pptx"),
    "a.xlsx": (sheet([[SENTENCE]]), "xlsx"),
    "a.epub": (book(SENTENCE), "epub"),
    "a.zip": (book(SENTENCE), "epub"),
    "a.csv": (SENTENCE.encode(), "csv"),
    "a.eml": (letter(SENTENCE), "mail"),
    "a.jsonl": (lines(SENTENCE), "jsonl"),
    "a.jsonl.gz": (b"", "jsonl"),
    "a.parquet": (table(text=[SENTENCE]), "parquet"),
    "a.warc": (response(b"x"), "warc"),
    "broken.docx": (b"x", "docx"),
    "photo.png": (b"\x89PNG\r\n", ""),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""),
    "a.py": (b"print(1)", ""),
    "program": (b"\x7fELF\0\0", ""),
    "~$a.docx": (b"x", ""),
    "other.zip": (b"PK\x03\x04", ""),
    "a.json": (b"{}", ""),
    "nothing": (b"", ""),
}  # fmt: skip


def _said_to_be_long(data: bytes, *, hidden: bool) -> bytes:
    """An archive whose list of parts is said to be 40 MB, as it is. `hidden`: said by the older record's longer form (ZIP64)
    alone, which counts where both stand."""
    end, most = data.rfind(b"PK\x05\x06"), 40_000_000
    start = struct.unpack_from("<I", data, end + 16)[0]
    before, parts, record = data[:start], data[start:end], bytearray(data[end:])
    parts += bytes(most - len(parts))
    if not hidden:
        struct.pack_into("<I", record, 12, most)
        return before + parts + record
    counts = struct.pack("<QQQQ", 1, 1, most, start)
    long_record = b"PK\x06\x06" + struct.pack("<QHHII", 44, 45, 45, 0, 0) + counts
    pointer = b"PK\x06\x07" + struct.pack("<IQI", 0, start + most, 1)
    return before + parts + long_record + pointer + record


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a"])
def test_a_list_of_parts_that_would_fill_the_memory_is_never_read(tmp_path: Path, name: str, hidden: bool) -> None:
    """Of a file of 40 MB the look at its kind took 40 MB at once, and a gigabyte of one with true parts."""
    path = tmp_path / name
    path.write_bytes(_said_to_be_long(word(SENTENCE), hidden=hidden))
    tracemalloc.start()
    try:
        assert kind_of(Shard(name, str(path), path.stat().st_size)) == ("docx" if name == "a.docx" else "")
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()
    if name == "a.docx":
        with pytest.raises(BrokenFileError, match="more parts than any document has"):
            Archive(Shard(name, str(path), path.stat().st_size), CorpusSettings(max_file_bytes=100_000_000))


@pytest.mark.parametrize(("name", "data", "kind"), [(name, *file) for name, file in FILES.items()], ids=list(FILES))
def test_the_reader_of_a_file(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert kind_of(Shard(name, str(tmp_path / name), len(data))) == kind


@pytest.mark.parametrize(
    ("ending", "mend"),
    [
        (".pdf", "corpus.reader: folder or pdf"), (".md", "corpus.reader: folder or markdown"), (".txt.gz", "corpus.reader: folder or text"),
        (".doc", "save as .docx"), (".png", "pictures: OCR first"), (".xyz", ""), ("readme", ""),
    ],
)  # fmt: skip
def test_who_reads_an_ending(ending: str, mend: str) -> None:
    assert who_reads(ending) == mend


def test_a_mixed_folder_is_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    for module in ("pypdfium2", "resiliparse"):
        pytest.importorskip(module)
    folder = tmp_path / "corpus"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text("x")
    files = {
        "a.txt": SENTENCE.format("text").encode(), "a.docx": word(SENTENCE.format("file")), "sub.pdf": pdf([wrapped(GOOD[:60], 60)]), "a.eml": letter(SENTENCE.format("letter")),
        "sjis.txt": "これは日本語の文章です。".encode("cp932"), "a.png": b"\x89PNG", "b.png": b"\x89PNG", "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "broken.docx": b"x",
    }  # fmt: skip
    for name, data in files.items():
        (folder / name).write_bytes(data)
    rows, counts, stage = sample_corpus(tmp_path / "s", CorpusSettings(reader="folder", path=str(folder)))
    assert sorted(row.source for row in rows) == ["docx", "mail", "pdf", "text", "text"]
    assert counts["passed_over"] == {".png": 2, ".doc": 1, "hidden": 1}
    assert counts["encodings"] == {"utf-8": 2, "shift_jis": 1}
    (reject,) = stage.read("rejects").to_pylist()
    assert (reject["url"], reject["reason"].partition(":")[0]) == (str(folder / "broken.docx"), "broken file")


def test_what_is_passed_over_is_named_with_its_reader(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.docx", "c.doc", "d.xyz"):
        (tmp_path / name).write_bytes(b"x")
    chosen = "1 .doc (save as .docx)"
    with pytest.raises(
        UserError, match=r"holds no \.txt, \.md, \.rst file, but others \(.*1 \.pdf \(corpus\.reader: folder or pdf\)"
    ):
        choose_shards(CorpusSettings(reader="text", path=str(tmp_path)))
    assert chosen in name_passed_over(choose_shards(CorpusSettings(reader="folder", path=str(tmp_path))).passed_over)
