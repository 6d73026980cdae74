"""Bad web pages: a reject or a text, and never the end of the good page beside them."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.corpus.readers.html import MAX_DEPTH, _depth, extract_page
from secondhalf.corpus.readers.items import ReadText, Refused
from support.corpora import GOOD, PAGE, read_beside_good

pytest.importorskip("resiliparse")

OTHER = GOOD.replace("good", "other")
BODY = PAGE.format(OTHER).encode()

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
    "utf-8 that says utf-16": (b"<meta charset='utf-16'><p>" + OTHER.encode(), OTHER),
    "utf-8 that says unicode": ('<meta charset="unicode"><p>日本語の文章はここにあります。'.encode(), "日本語の文章"),
    "utf-8 that says koi8-r": ('<meta charset="koi8-r"><p>日本語の文章はここにあります。'.encode(), "日本語の文章"),
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


def test_the_charset_that_is_given_goes_before_the_one_declared() -> None:
    data = '<meta charset="utf-8"><p>日本語の文章はここにあります。'.encode("shift_jis")
    item = extract_page(data, "a.html:1", "http://example.org/", "shift_jis")
    assert item == ReadText("日本語の文章はここにあります。", "a.html:1", "http://example.org/")
    unknown = extract_page(BODY, "a.html:1", charset="nonsense")
    assert isinstance(unknown, ReadText)
    assert unknown.text == OTHER


def test_depth_counts_elements_that_hold_others() -> None:
    assert _depth(b"<div><p><span></span></p></div><div></div></div></div><table>") == 2
    deep = b"<div>" * (MAX_DEPTH + 1) + b"<b>" * 3000 + b"text"
    assert extract_page(deep, "a").reason == f"broken html: {MAX_DEPTH + 1} elements inside each other"  # type: ignore[union-attr]
    assert not isinstance(extract_page(b"<div>" * MAX_DEPTH + b"text", "a"), Refused)
