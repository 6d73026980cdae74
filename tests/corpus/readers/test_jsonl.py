"""Lines of JSON with their numbers; what a line cannot be."""

from pathlib import Path

import pytest

from secondhalf.corpus.readers.items import Refused, Shard
from secondhalf.corpus.readers.jsonl import map_rows
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import lines, sample_corpus


def _rows(path: Path, content: bytes, max_bytes: int = 1000) -> list[object]:
    path.write_bytes(content)
    return list(map_rows(Shard(path.name, str(path)), max_bytes, lambda row, location: (row, location)))


def test_values_of_any_kind_with_the_numbers_of_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = _rows(path, b'\xef\xbb\xbf{"a": 1}\r\n\n  [2] \n"three"')
    assert rows == [({"a": 1}, f"{path}:1"), ([2], f"{path}:3"), ("three", f"{path}:4")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1} x', "not json: something follows the value at character 8"),
        (b"{", "not json: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b'"\xff"', "not utf-8: byte 1"),
        (b"[" * 100_000, "not json: too deeply nested"),
        (b'"' + b"x" * 200_000 + b'"', "too long: over 150000 bytes"),
    ],
)
def test_a_line_that_is_none_is_refused_and_the_next_is_read(tmp_path: Path, line: bytes, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    refused, good = _rows(path, line + b"\n7\n", 150_000)
    assert isinstance(refused, Refused)
    assert (refused.location, refused.reason) == (f"{path}:1", reason)
    assert good == (7, f"{path}:2")


def test_a_utf_16_file_is_refused_whole(tmp_path: Path) -> None:
    (refused,) = _rows(tmp_path / "a.jsonl", '{"a": 1}\n{"a": 2}\n'.encode("utf-16"))
    assert isinstance(refused, Refused)
    assert refused.reason == "not utf-8: the file is UTF-16"


def test_marks_inside_files_that_were_put_together(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    first, second = lines("one", "has a \ufeff inside"), lines("two")
    (tmp_path / "a.jsonl").write_bytes(
        mark + first + mark + second + mark + second.rstrip() + mark + first + mark + b"\n"
    )
    rows, counts, _ = sample_corpus(tmp_path / "s", CorpusSettings(reader="jsonl", path=str(tmp_path / "a.jsonl")))
    assert {row.text for row in rows} == {"one", "two", "has a \ufeff inside"}
    assert (counts["rejected"], counts["repeated"]) == (0, 3)
    (tmp_path / "b.jsonl").write_bytes(second.rstrip() + mark + b"{\n" + first)
    _, counts, _ = sample_corpus(tmp_path / "t", CorpusSettings(reader="jsonl", path=str(tmp_path / "b.jsonl")))
    assert (counts["reasons"], counts["rows"]) == ({"not json": 1}, 3)
