"""Bad crawls: damage costs no more than the rest of its file."""

import gzip
from pathlib import Path

import pytest

from secondhalf.corpus.readers.items import ReadText, Shard
from secondhalf.corpus.readers.warc import read
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import GOOD, PAGE, read_beside_good, response, zstd

pytest.importorskip("resiliparse")
pytest.importorskip("fastwarc")

OTHER = GOOD.replace("good", "other")
BODY = PAGE.format(OTHER).encode()
RECORD = response(BODY)

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
    "cut off gzip": ("a.warc.gz", gzip.compress(RECORD, mtime=0) + gzip.compress(RECORD, mtime=0)[:-30], ["truncated file", "truncated record"], True),
    "damaged gzip": ("a.warc.gz", gzip.compress(RECORD, mtime=0) + b"\x1f\x8b\x08junk and more", ["broken file"], True),
    "no gzip": ("a.warc.gz", RECORD, ["broken file"], False),
    "one gzip for all": ("a.warc.gz", gzip.compress(RECORD * 2, mtime=0), [], True),
    "zstd": ("a.warc.zst", zstd(RECORD), [], True),
    "an image": ("a.warc", response(b"\x89PNG", "image/png") + RECORD, [], True),
    "an error page": ("a.warc", response(BODY, status="404 Not Found"), [], False),
    "no status": ("a.warc", RECORD.replace(b"HTTP/1.1 200 OK", b"garbage"), [], False),
    "another record type": ("a.warc", RECORD.replace(b"Type: response", b"Type: request"), [], False),
    "an unknown charset": ("a.warc", response(b"text", "text/plain; charset=nonsense"), ["not utf-8"], False),
    "plain text of another charset": ("a.warc", response(b"caf\xe9", "text/plain"), ["not utf-8"], False),
    "a page of no text": ("a.warc", response(b"<script>1</script>") + RECORD, ["no main text"], True),
    "a packed page": ("a.warc", response(gzip.compress(BODY, mtime=0), "text/html\r\nContent-Encoding: gzip"), [], True),
    "a packed bomb": ("a.warc", response(gzip.compress(bytes(20_000_000), mtime=0), "text/plain\r\nContent-Encoding: gzip") + RECORD, ["too long"], True),
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


def test_a_page_has_its_address_and_plain_text_its_line_ends(tmp_path: Path) -> None:
    plain = response(b"line one\r\nline two", "text/plain").replace(b"example.org/page", b"example.org/plain")
    (tmp_path / "a.warc").write_bytes(RECORD + response(b"\x89PNG", "image/png") + plain)
    items = list(read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc")))
    assert items == [
        ReadText(OTHER, f"{tmp_path}/a.warc:1", "http://example.org/page"),
        ReadText("line one\r\nline two", f"{tmp_path}/a.warc:3", "http://example.org/plain"),
    ]


def _conversion(
    text: bytes, kind: str = "conversion", mime: str = "text/plain", address: str = "http://example.org/wet"
) -> bytes:
    """A record of a WET file."""
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\nContent-Type: {mime}\r\n"
            f"Content-Length: {len(text)}\r\n\r\n"
        ).encode()
        + text
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize("name", ["a.warc.wet.gz", "a.wet", "a.warc"])
def test_texts_that_a_crawl_extracted_itself(tmp_path: Path, name: str) -> None:
    data = (
        _conversion(b"Software-Info: x", "warcinfo", "application/warc-fields") + _conversion(OTHER.encode()) + _conversion(b"{}", mime="application/json")
        + _conversion(b"caf\xe9")
    )  # fmt: skip
    (tmp_path / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith("gz") else data)
    items = list(read(Shard(name, str(tmp_path / name)), CorpusSettings(reader="warc", path=str(tmp_path / name))))
    assert items[0][0::2][:2] == (OTHER, "http://example.org/wet")
    assert [type(item).__name__ for item in items] == ["ReadText", "Refused"]
    texts, _ = read_beside_good(
        tmp_path / "folder", "warc", {name: gzip.compress(data, mtime=0) if name.endswith("gz") else data}
    )
    assert OTHER in texts


@pytest.mark.parametrize("charset", ["x-sjis", "Shift_JIS", "windows-31j", '"x-sjis"', "cp932"])
@pytest.mark.parametrize("mime", ["text/plain", "text/html"])
def test_charsets_of_text_are_those_of_pages(tmp_path: Path, charset: str, mime: str) -> None:
    text = "①番の日本語の文章はここにあります。髙い塔。"
    (tmp_path / "a.warc").write_bytes(response(text.encode("cp932"), f"{mime}; charset={charset}"))
    (item,) = read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc"))
    assert isinstance(item, ReadText)
    assert item.text == text


@pytest.mark.parametrize("mime", ["text/plain", "text/html"])
def test_utf_8_under_another_name_is_utf_8(tmp_path: Path, mime: str) -> None:
    text = "日本語の文章はここにあります。"
    (tmp_path / "a.warc").write_bytes(response(text.encode(), f"{mime}; charset=utf-16"))
    (item,) = read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc"))
    assert isinstance(item, ReadText)
    assert item.text == text


def test_one_bad_byte_does_not_turn_a_page_into_another_encoding(tmp_path: Path) -> None:
    page = "<p>日本語の文章はここにあります。".encode("shift_jis") + b"\xff</p>"
    (tmp_path / "a.warc").write_bytes(response(page, "text/html; charset=Shift_JIS"))
    (item,) = read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc"))
    assert item[0].startswith("日本語の文章はここにあります。")


def test_wgets_brackets_are_no_part_of_the_address(tmp_path: Path) -> None:
    record = RECORD.replace(b"http://example.org/page", b"<http://example.org/page>")
    (tmp_path / "a.warc").write_bytes(record + _conversion(b"a text", address="<http://example.org/wet>"))
    items = list(read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc")))
    assert [item[2] for item in items] == ["http://example.org/page", "http://example.org/wet"]
