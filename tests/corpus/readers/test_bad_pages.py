"""Bad web pages and bad crawls: a reject or a text, and never the end of the good page beside them."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from support.corpora import GOOD, PAGE, read_beside_good, response, zstd

pytest.importorskip("resiliparse")
pytest.importorskip("fastwarc")

OTHER = GOOD.replace("good", "other")
BODY = PAGE.format(OTHER).encode()
RECORD = response(BODY)

# Contents, the reason it is refused with (before the colon), settings.
PAGES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "no bytes": (b"", "no main text", {}),
    "only scripts": (b"<html><script>alert('text')</script><style>p {}</style></html>", "no main text", {}),
    "only comments": (b"<!-- text --><!-- more", "no main text", {}),
    "only white": (b"<p> &nbsp; \n </p>", "no main text", {}),
    "nested without end": (b"<div>" * 100_000 + OTHER.encode(), "broken html", {}),
    "nested tables": (b"<table><tr><td>" * 5000 + OTHER.encode(), "broken html", {}),
    "too long": (b"<p>" + b"a " * 2000, "too long", {"max_document_bytes": 1000}),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason", "settings"), PAGES.values(), ids=list(PAGES))
def test_a_page_without_a_text_is_a_reject(tmp_path: Path, data: bytes, reason: str, settings: dict[str, Any]):
    texts, rejects = read_beside_good(tmp_path, "html", {"a.html": data}, **settings)
    assert texts == []
    assert [row["reason"].partition(":")[0] for row in rejects] == [reason]


# Contents, and what stands in the text that is read.
READ: dict[str, tuple[bytes, str]] = {
    "nothing closed": (b"<p>some <b>text <i>goes on <div>and on", "some text goes on"),
    "wrong order": (b"<p><b>some</p></b> text</div></html><p>more text", "some"),
    "no tag": (b"some text without any tag", "some text"),
    "entities": (b"<p>fish &amp; chips &lt;p&gt; &eacute; &#233; &bogus; &#x110000;", "fish & chips <p> \xe9 \xe9"),
    "entities of entities": (b"<p>some text &amp;lt;script&amp;gt;", "some text &lt;script&gt;"),
    "a thousand attributes": (b"<p " + b"a=b " * 1000 + b">some text", "some text"),
    "an attribute without end": (b"<p>some text</p><a href='" + b"x" * 10_000, "some text"),
    "shift_jis": ('<meta charset="shift_jis"><p>日本語の文章はここにあります。'.encode("shift_jis"), "日本語の文章"),
    "euc-jp": ('<meta charset="euc-jp"><p>日本語の文章はここにあります。'.encode("euc-jp"), "日本語の文章"),
    "utf-16": (PAGE.format(OTHER).encode("utf-16"), OTHER),
    "a mark": (b"\xef\xbb\xbf" + BODY, OTHER),
    "another charset than it says": (b"<meta charset=ascii><p>" + OTHER.encode(), "other text"),
    "right to left": ('<p dir="rtl">שלום עולם, זה טקסט.'.encode(), "שלום עולם"),
    "bytes of no encoding": (b"<p>some text \xff\xfe\xfd and more text", "and more text"),
    "a surrogate by number": (b"<p>some text &#xD800; and more", "some text"),
    "lower than lower": (b"<" * 2000 + b"p>some text", "some text"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "part"), READ.values(), ids=list(READ))
def test_a_page_of_bad_html_is_read(tmp_path: Path, data: bytes, part: str):
    texts, rejects = read_beside_good(tmp_path, "html", {"a.html": data})
    assert rejects == []
    assert part in texts[0]


# Name, contents, reasons, whether the other page in it is read.
CRAWLS: dict[str, tuple[str, bytes, list[str], bool]] = {
    "no bytes": ("a.warc", b"", [], False),
    "noise": ("a.warc", b"\0\xff" * 1000, ["broken file"], False),
    "noise, then a record": ("a.warc", b"noise\r\n\r\n" + RECORD, ["broken file"], False),
    "a length far too large": ("a.warc", response(b"<p>", length=10**9), ["truncated record"], False),
    "a length of 2^80": ("a.warc", response(b"<p>", length=2**80), ["broken file"], False),
    "a length too small": ("a.warc", response(BODY, length=90) + RECORD, ["broken file", "no main text"], False),
    "a length below zero": ("a.warc", response(BODY, length=-5) + RECORD, ["broken file"], False),
    "a length of nothing": ("a.warc", response(BODY, length=0) + RECORD, ["broken file"], False),
    "no length": ("a.warc", RECORD.replace(b"Content-Length", b"X-Length") + RECORD, ["broken file"], False),
    "cut off": ("a.warc", RECORD + RECORD[:-40], ["truncated record"], True),
    "cut off in the head": ("a.warc", RECORD + RECORD[:60], [], True),
    "cut off gzip": ("a.warc.gz", gzip.compress(RECORD) + gzip.compress(RECORD)[:-30], ["truncated file", "truncated record"], True),
    "damaged gzip": ("a.warc.gz", gzip.compress(RECORD) + b"\x1f\x8b\x08junk and more", ["broken file"], True),
    "no gzip": ("a.warc.gz", RECORD, ["broken file"], False),
    "one gzip for all": ("a.warc.gz", gzip.compress(RECORD * 2), [], True),
    "zstd": ("a.warc.zst", zstd(RECORD), [], True),
    "an image": ("a.warc", response(b"\x89PNG", "image/png") + RECORD, [], True),
    "an error page": ("a.warc", response(BODY, status="404 Not Found"), [], False),
    "no status": ("a.warc", RECORD.replace(b"HTTP/1.1 200 OK", b"garbage"), [], False),
    "another record type": ("a.warc", RECORD.replace(b"Type: response", b"Type: request"), [], False),
    "an unknown charset": ("a.warc", response(b"text", "text/plain; charset=nonsense"), ["not utf-8"], False),
    "plain text of another charset": ("a.warc", response(b"caf\xe9", "text/plain"), ["not utf-8"], False),
    "a page of no text": ("a.warc", response(b"<script>1</script>") + RECORD, ["no main text"], True),
    "a packed page": ("a.warc", response(gzip.compress(BODY), "text/html\r\nContent-Encoding: gzip"), [], True),
    "a packed bomb": ("a.warc", response(gzip.compress(bytes(20_000_000)), "text/plain\r\nContent-Encoding: gzip") + RECORD, ["too long"], True),
    "chunks that are none": ("a.warc", response(b"<p>text", "text/html\r\nTransfer-Encoding: chunked") + RECORD, ["broken record"], True),
    "a head without end": ("a.warc", response(b"x", "text/html\r\nX: " + "a" * 100_000) + RECORD, ["broken record"], True),
    "line ends of another system": ("a.warc", RECORD.replace(b"\r\n", b"\n"), [], False),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reasons", "other_is_read"), CRAWLS.values(), ids=list(CRAWLS))
def test_a_bad_record_costs_no_more_than_the_rest_of_its_file(
    tmp_path: Path, name: str, data: bytes, reasons: list[str], other_is_read: bool
):
    texts, rejects = read_beside_good(tmp_path, "warc", {name: data})
    assert sorted(row["reason"].partition(":")[0] for row in rejects) == reasons
    assert all(name in row["url"] for row in rejects)
    assert (OTHER in texts) == other_is_read
