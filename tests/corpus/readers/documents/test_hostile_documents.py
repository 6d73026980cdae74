"""Hostile documents of every kind: a reject with its reason, and the good text beside them is read."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.readers.documents.archive import OLE, target_of
from support.corpora import read_beside_good
from support.office_files import archive, book, relations, shape_of, sheet, slides, word

TEXT = "The document's own text, which is a sentence."
MEBIBYTE = 1 << 20
BILLION = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DEEP = "<w:sdt>" * 100_000


def _document(head: str, body: str) -> bytes:
    return archive({"word/document.xml": f"{head}<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>"})


def _encrypted(data: bytes) -> bytes:
    """The archive with the mark of a password on each part."""
    out = bytearray(data)
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := out.find(sign, at + 1)) >= 0:
            out[at + offset] |= 1
    return bytes(out)


def _many_parts() -> bytes:
    """An archive whose list of parts is said to be a hundred megabytes."""
    data = bytearray(word(TEXT))
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, 100_000_000)
    return bytes(data)


def _lying_size() -> bytes:
    """A bomb whose parts claim to be small."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"<a>" + b" " * (30 * MEBIBYTE) + b"</a>")
    data = bytearray(out.getvalue())
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 100)
    return bytes(data)


# Name, bytes, the reason up to its colon ("+": it is read), settings.
CASES: dict[str, tuple[str, bytes, str, dict[str, Any]]] = {
    "docx-empty": ("a.docx", b"", "broken file", {}),
    "docx-no-archive": ("a.docx", b"not an archive" * 99, "broken file", {}),
    "docx-cut": ("a.docx", word(TEXT * 99)[:-60], "broken file", {}),
    "docx-no-document": ("a.docx", archive({"a": "b"}), "broken file", {}),
    "docx-bomb": ("a.docx", _document("", "<w:p><w:r><w:t>" + "0" * 30 * MEBIBYTE), "decompression bomb", {"max_file_bytes": 10 * MEBIBYTE}),
    "docx-lying-bomb": ("a.docx", _lying_size(), "broken file", {"max_file_bytes": 10 * MEBIBYTE}),
    "docx-long-text": ("a.docx", word("0" * 6 * MEBIBYTE), "too long", {}),
    "docx-long-file": ("a.docx", archive({"word/document.xml": "", "a": bytes(MEBIBYTE)}, zipfile.ZIP_STORED), "too long", {"max_file_bytes": 100_000}),
    "docx-many-parts": ("a.docx", _many_parts(), "broken file", {}),
    "docx-entities": ("a.docx", _document(BILLION, "<w:p><w:r><w:t>&j;</w:t></w:r></w:p>"), "broken xml", {}),
    "docx-entity-of-a-file": ("a.docx", _document(OUTSIDE, "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>"), "broken xml", {}),
    "docx-deep": ("a.docx", _document("", DEEP), "broken xml", {}),
    "docx-not-closed": ("a.docx", _document("", "<w:p>"), "broken xml", {}),
    "docx-password": ("a.docx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted", {}),
    "docx-old": ("a.docx", OLE + bytes(600), "old form", {}),
    "docx-locked-parts": ("a.docx", _encrypted(word(TEXT)), "encrypted", {}),
    "docx-lzma": ("a.docx", archive({"word/document.xml": "<a/>"}, zipfile.ZIP_LZMA), "broken file", {}),
    "docx-nul": ("a.docx", _document("", "<w:p><w:r><w:t>a\0b</w:t></w:r></w:p>"), "broken xml", {}),
    "docx-unknown-encoding": ("a.docx", _document('<?xml version="1.0" encoding="nonsense"?>', ""), "broken xml", {}),
    "docx-macros": ("a.docm", word(TEXT, **{"word/vbaProject.bin": b"\xd0\xcf"}), "+", {}),
    "docx-names-that-climb": ("a.docx", word(TEXT, **{"../../../../tmp/evil": "x", "/etc/evil": "x"}), "+", {}),
    "docx-points-outside": ("a.docx", archive({"_rels/.rels": relations(("r", "officeDocument", "../../../../etc/passwd"))}), "broken file", {}),
    "docx-points-to-itself": ("a.docx", word(TEXT, **{"_rels/.rels": relations(("r", "officeDocument", "_rels/.rels"))}), "no running text", {}),
    "pptx-a-slide-often": ("a.pptx", slides(shape_of(TEXT)).replace(b"x", b"x"), "+", {}),
    "pptx-no-slides": ("a.pptx", archive({"ppt/presentation.xml": "<p/>"}), "no running text", {}),
    "pptx-notes-of-itself": ("a.pptx", slides(shape_of(TEXT), notes=TEXT), "+", {}),
    "xlsx-a-corner": ("a.xlsx", sheet([], f'<row r="1048576"><c r="XFD1048576" t="str"><v>{TEXT}</v></c></row>'), "+", {}),
    "xlsx-many-rows": ("a.xlsx", sheet([], "<row/>" * 100_000), "no running text", {}),
    "xlsx-many-cells": ("a.xlsx", sheet([], "<row>" + "<c><v>1</v></c>" * 50_000 + "</row>"), "no running text", {}),
    "xlsx-strings-that-are-not-there": ("a.xlsx", sheet([], '<row><c t="s"><v>99999999999999999999</v></c></row>'), "no running text", {}),
    "xlsx-long-numbers": ("a.xlsx", sheet([], f'<row r="{"9" * 5000}"><c r="{"Z" * 5000}1" t="s"><v>{"9" * 5000}</v></c></row>'), "no running text", {}),
    "xlsx-cells-that-share-a-long-text": ("a.xlsx", sheet([[TEXT * 20_000] * 300]), "decompression bomb", {"max_file_bytes": 10 * MEBIBYTE}),
    "xlsx-slow": ("a.xlsx", sheet([], "<row/>" * 100_000), "too slow", {"max_file_seconds": 0.0001}),
    "epub-no-book": ("a.epub", archive({"META-INF/container.xml": "<container/>"}), "broken file", {}),
    "epub-chapter-not-there": ("a.epub", archive({"META-INF/container.xml": '<c><rootfile full-path="o"/></c>', "o": '<p><item id="a" href="../../a" media-type="text/html"/><itemref idref="a"/></p>'}), "broken file", {}),
    "epub-entities": ("a.epub", book(TEXT, **{"OEBPS/content.opf": f"{BILLION}<package>&j;</package>"}), "broken xml", {}),
    "csv-nul": ("a.csv", b"text\na\0b\n", "nul character", {}),
    "csv-long-field": ("a.csv", b'text\n"' + b"x" * 6 * MEBIBYTE, "too long", {}),
    "csv-bytes": ("a.csv", bytes(range(128, 256)) * 9, "not utf-8", {}),
    "csv-many-columns": ("a.csv", b"," * 300_000, "no running text", {}),
    "csv-long": ("a.csv", b"text\n" + b"x\n" * MEBIBYTE, "decompression bomb", {"max_file_bytes": MEBIBYTE}),
    "md-deep": ("a.md", b"[" * 100_000 + b"*" * 100_000 + b"`" * 100_000 + b"> " * 100_000, "+", {}),
}  # fmt: skip
READER = {"docm": "docx", "md": "markdown", "eml": "mail"}


@pytest.mark.parametrize(("name", "data", "reason", "settings"), CASES.values(), ids=list(CASES))
def test_a_hostile_document_harms_itself_alone(
    tmp_path: Path, name: str, data: bytes, reason: str, settings: dict[str, Any]
) -> None:
    if name.endswith("epub"):
        pytest.importorskip("resiliparse")
    texts, rejects = read_beside_good(tmp_path, "folder", {name: data}, **settings)
    assert {row["reason"].partition(":")[0] for row in rejects} == (set() if reason == "+" else {reason})
    assert len(texts) == (reason == "+")


@pytest.mark.parametrize(
    ("source", "target", "name"),
    [
        ("word/document.xml", "media/a.png", "word/media/a.png"),
        ("ppt/slides/s1.xml", "../notes/n1.xml", "ppt/notes/n1.xml"),
        ("", "/word/document.xml", "word/document.xml"),
        ("a/b.xml", "../../../../etc/passwd", "etc/passwd"),
    ],
)
def test_references_never_leave_the_archive(source: str, target: str, name: str) -> None:
    assert target_of(source, target) == name
