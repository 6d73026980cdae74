"""Which reader a file of a mixed folder needs: by what it begins with, and only where that does not tell, by the end of its
name."""

import os
from typing import Any

from secondhalf.corpus.readers import html, jsonl, markdown, parquet, saved, text, warc
from secondhalf.corpus.readers.documents import delimited, docx, epub, mail, pdf, pptx, xlsx
from secondhalf.corpus.readers.documents.archive import OLE, open_zip
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.stream import is_url, open_shard
from secondhalf.corpus.readers.text_encoding import UndecodedError, decode_text
from secondhalf.corpus.readers.unpack import CODECS

FOLDER = "folder"
SUFFIXES = {
    "text": text.SUFFIXES, "markdown": markdown.SUFFIXES, "html": html.SUFFIXES, "pdf": pdf.SUFFIXES, "docx": docx.SUFFIXES,
    "pptx": pptx.SUFFIXES, "xlsx": xlsx.SUFFIXES, "csv": delimited.SUFFIXES, "epub": epub.SUFFIXES, "mail": mail.SUFFIXES,
    "jsonl": jsonl.SUFFIXES, "parquet": parquet.SUFFIXES, "saved": saved.SUFFIXES, "warc": warc.SUFFIXES,
}  # fmt: skip
"""Which files of a folder are a reader's; those read as streams or whole may also end in .gz, .bz2, .xz or .zst."""
# `text` reads Markdown too, as it stands: of a mixed folder it is read as what it is.
_BY_ENDING = {ending: reader for reader, endings in SUFFIXES.items() for ending in endings} | {".md": "markdown"}
_OFFICE_PARTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_SIGNS = {b"%PDF-": "pdf", b"PAR1": "parquet", b"ARROW1": "saved", b"WARC/": "warc"}
_SAVED_AS = {
    ".docx": (".doc", ".rtf", ".odt", ".pages", ".wpd", ".jtd"), ".xlsx": (".xls", ".xlsb", ".ods", ".numbers"),
    ".pptx": (".ppt", ".odp", ".key"),
    ".eml": (".msg",), ".mbox": (".pst",), ".epub": (".mobi", ".azw3"),
}  # fmt: skip
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".heic")
_PACKS = (".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar", ".lzh")
_MENDS = {
    **{ending: f"save as {better}" for better, endings in _SAVED_AS.items() for ending in endings},
    **dict.fromkeys(_PICTURES, "pictures: OCR first"),
    **dict.fromkeys(_PACKS, "unpack first"),
    ".json": "where each line is an object: corpus.reader: jsonl and a glob",
}
OFFICE_LOCK = "~$"
"""Begins the name of what Office hides beside a document that is open."""
_ARCHIVE = b"PK\x03\x04"
_HEAD = 4096  # bytes
_PAGE_TAGS = (b"<!doctype html", b"<html")


def kind_of(shard: Shard) -> str:
    """The reader that a file of a mixed folder needs; empty where there is none. One that cannot be opened is its name's
    kind."""
    ending = _ending(shard.path)
    if os.path.basename(shard.path).startswith(OFFICE_LOCK):
        return ""
    named = _BY_ENDING.get(ending, "")
    if is_url(shard.path) or ending != os.path.splitext(shard.path)[1].lower():
        return named  # a look at each would cost a request, or unpacking
    try:
        with open_shard(shard) as raw:
            head = raw.read(_HEAD)
            inside = _archive_kind(raw) if head.startswith(_ARCHIVE) else ""
    except BrokenFileError:
        return named
    return inside or _kind_by_head(head, named, ending)


def _kind_by_head(head: bytes, named: str, ending: str) -> str:
    if head.startswith((_ARCHIVE, OLE)):
        return (
            named if named in {"docx", "pptx", "xlsx", "epub"} else ""
        )  # broken, or with a password: its reader says so
    if sign := next((sign for sign in _SIGNS if head.startswith(sign)), None):
        return _SIGNS[sign]
    if named in {"", "text"}:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith(_PAGE_TAGS):
            return "html"
        if head.startswith(b"From ") and b"\nReceived:" in head:
            return "mail"
    return named or ("text" if not ending and _is_text(head) else "")


def who_reads(ending: str) -> str:
    """What to do about files of an ending that are passed over; empty where nothing is known."""
    plain = os.path.splitext(ending)[0] if os.path.splitext(ending)[1] in CODECS else ending
    if reader := _BY_ENDING.get(plain):
        return f"corpus.reader: {FOLDER} or {reader}"
    return _MENDS.get(ending, "")


def _ending(path: str) -> str:
    """The end of a file's name in small letters, without that of its packing."""
    stem, ending = os.path.splitext(os.path.basename(path).lower())
    return os.path.splitext(stem)[1] if ending in CODECS else ending


def _archive_kind(raw: Any) -> str:
    try:
        with open_zip(raw) as archive:
            names = archive.namelist()
    except BrokenFileError:  # its reader says how
        return ""
    if "META-INF/container.xml" in names:
        return "epub"
    return next((kind for folder, kind in _OFFICE_PARTS.items() if any(name.startswith(folder) for name in names)), "")


def _is_text(head: bytes) -> bool:
    if b"\0" in head or not head:
        return False
    try:
        # The last character may be cut in two.
        decode_text(head[: head.rfind(b"\n") + 1] or head)
    except UndecodedError:
        return False
    return True
