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


def test_a_page_has_its_address_and_plain_text_its_line_ends(tmp_path: Path) -> None:
    plain = response(b"line one\r\nline two", "text/plain").replace(b"example.org/page", b"example.org/plain")
    (tmp_path / "a.warc").write_bytes(RECORD + response(b"\x89PNG", "image/png") + plain)
    items = list(read(Shard("a.warc", str(tmp_path / "a.warc")), CorpusSettings(reader="warc")))
    assert items == [
        ReadText(OTHER, f"{tmp_path}/a.warc:1", "http://example.org/page"),
        ReadText("line one\r\nline two", f"{tmp_path}/a.warc:3", "http://example.org/plain"),
    ]
