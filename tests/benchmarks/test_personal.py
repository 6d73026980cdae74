"""The labelled lines of the benchmark of personal data: halves apart, labels that lie in their lines."""

import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import pii  # noqa: E402


def _values(name: str) -> set[str]:
    """Every labelled value, however it is spelt: width, case, blanks and signs do not count."""
    values = [row["text"][span["start"] : span["end"]] for row in pii.read(name) for span in row["spans"]]
    return {"".join(filter(str.isalnum, unicodedata.normalize("NFKC", value).lower())) for value in values}


def test_no_value_stands_in_both_halves() -> None:
    test, choose = _values("test"), _values("choose")
    assert len(test) > 300
    assert not test & choose


def test_the_public_set_shares_no_value_with_ours() -> None:
    assert not _values("presidio") & (_values("test") | _values("choose"))


@pytest.mark.parametrize("name", ["choose", "test", "presidio"])
def test_labels_lie_in_their_lines(name: str) -> None:
    rows: list[dict[str, Any]] = pii.read(name)
    assert len({row["text"] for row in rows}) == len(rows)
    for row in rows:
        assert all(0 <= span["start"] < span["end"] <= len(row["text"]) for span in row["spans"]), row["id"]
        assert {span["kind"] for span in row["spans"]} <= set(pii.KINDS)


def test_rates_have_their_interval_and_the_lowest_kind_counts() -> None:
    row: dict[str, Any] = {"language": "en", "text": "a@b.example", "spans": [{"kind": "email", "start": 0, "end": 11}]}
    other = {"language": "en", "text": "1", "spans": [{"kind": "phone", "start": 0, "end": 1}]}
    figures = pii.lowest(pii.tally([row, other], [[("email", 0, 11)], []]), 2)
    assert figures["recall"] == 0
    assert figures["kinds"]["email"]["recall"] == 1
    assert 0 < figures["kinds"]["email"]["recall_low"] < 0.5
    assert json.dumps(figures)
