"""A corpus that cannot be read is one error that names the field to correct."""

from collections import Counter
from pathlib import Path

import pytest

from secondhalf.corpus.best import BestRows
from secondhalf.corpus.scan import ScanResult
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.unreadable import GIVE_UP_AFTER, is_unreadable
from secondhalf.errors import UserError
from support.corpora import lines, sample_corpus


@pytest.mark.parametrize(
    ("content", "changed", "message"),
    [
        (b'{"body": "x"}\n', {}, r"1 of 1 rows .*a\.jsonl:1: no text in the field: there is no 'text'"),
        (lines("a") + b"1\n2\n", {}, r"2 of 3 rows .*a\.jsonl:[23]: not an object"),
        (b"\n", {}, r"holds no document"),
        (lines("a"), {"path": "/nowhere/at/all"}, r"/nowhere/at/all does not exist: correct the path"),
        (lines("a"), {"path": ""}, r"corpus\.path is empty"),
        (lines("a"), {"path": "nosuch://bucket/x"}, r"nosuch://bucket/x"),
        (lines("a"), {"per": "source", "shares": {"b": 1}}, r"corpus\.shares"),
    ],
)
def test_where_nothing_can_be_read_the_error_names_it(tmp_path: Path, content: bytes, changed: dict, message: str):
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(UserError, match=message):
        sample_corpus(
            tmp_path / "s", CorpusSettings(**{"reader": "jsonl", "path": str(tmp_path / "a.jsonl"), **changed})
        )


def test_a_wrong_field_stops_long_before_the_end(tmp_path: Path):
    (tmp_path / "a.jsonl").write_bytes(lines("x") * 40_000)
    with pytest.raises(UserError, match=r"of 1\d{4} rows"):
        sample_corpus(tmp_path / "s", CorpusSettings(reader="jsonl", path=str(tmp_path), field="body"))


@pytest.mark.parametrize(
    ("rows", "refused", "unreadable"),
    [
        (GIVE_UP_AFTER, GIVE_UP_AFTER, True),
        (GIVE_UP_AFTER, GIVE_UP_AFTER - 1, False),
        (GIVE_UP_AFTER - 1, GIVE_UP_AFTER - 1, False),
    ],
)
def test_many_refusals_without_a_text_are_unreadable(rows: int, refused: int, unreadable: bool) -> None:
    result = ScanResult(BestRows(1), reasons=Counter({"not json": refused}), rows=rows)
    assert is_unreadable(result) is unreadable
