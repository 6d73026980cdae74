"""One file, one text: its encodings and its line ends."""

from pathlib import Path

import pytest

from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.readers.text import read
from secondhalf.corpus.settings import CorpusSettings
from support.office_files import items_of


@pytest.mark.parametrize(
    ("content", "expected", "encoding"),
    [
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n", "utf-8"),
        (b"\xef\xbb\xbfmarked", "marked", "utf-8"),
        ("日本語\r\n".encode("utf-16"), "日本語\n", "utf-16"),
        (b"caf\xe9", "café", "cp1252"),
        (b"", "", "utf-8"),
    ],
)
def test_a_text(tmp_path: Path, content: bytes, expected: str, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert list(read(Shard("a.txt", str(path)), CorpusSettings())) == [ReadText(expected, str(path), encoding=encoding)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "кафе".encode("cp1251"),
            "not utf-8: byte 0, and no other encoding is plain; set corpus.encoding, such as shift_jis, euc_jp, gb18030 or "
            "windows-1251, or save the file as UTF-8",
        ),
        ("日本".encode("utf-16")[:-1], "not utf-16: byte 4"),
        (b"x" * 1001, "too long: over 1000 bytes"),
    ],
)
def test_what_is_no_text_is_refused_at_its_byte(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    (item,) = read(Shard("a.txt", str(path)), CorpusSettings(max_document_bytes=1000))
    assert isinstance(item, Refused)
    assert (item.location, item.reason) == (str(path), reason)


def test_rtf_under_another_name_is_no_plain_text(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path, "text", rb"{\rtf1\ansi Hello}")
    assert isinstance(item, Refused)
    assert item.reason == "no plain text: an RTF file under another name; save it as .docx"
