"""The labelled lines with names of people: halves apart, labels that are a name and nothing beside it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

PERSONAL = Path(__file__).resolve().parents[2] / "benchmarks" / "personal"
HONORIFIC = re.compile(r"^(Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Captain)\b|(さん|様|氏|君|くん|ちゃん|殿|先生|部長|課長|社長)$")


def _rows(half: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (PERSONAL / f"names_{half}.jsonl").read_text("utf-8").splitlines()]


def _names(row: dict[str, Any]) -> list[str]:
    return [row["text"][start:end] for start, end in row["spans"]]


def _words(half: str) -> set[str]:
    """Given names and surnames of one half: longer than an initial, without particles."""
    words = {word for row in _rows(half) for name in _names(row) for word in re.split(r"[\s・,./-]+", name.lower())}
    return {word for word in words if len(word) > 1} - {"van", "der", "al", "bin", "del", "jr", "le"}


def test_no_name_stands_in_both_halves() -> None:
    choose, test = _words("choose"), _words("test")
    assert min(len(choose), len(test)) > 300
    assert not choose & test


@pytest.mark.parametrize("half", ["choose", "test"])
def test_labels_are_names_and_nothing_beside_them(half: str) -> None:
    rows = _rows(half)
    assert len({row["text"] for row in rows}) == len({row["id"] for row in rows}) == len(rows) == 320
    for language in ("en", "ja"):
        with_names = [row for row in rows if row["language"] == language and row["spans"]]
        assert len(with_names) == 110
    for row in rows:
        assert 40 <= len(row["text"]) <= 300, row["id"]
        ends = [0, *(end for _, end in row["spans"])]
        assert all(before <= start < end for before, (start, end) in zip(ends, row["spans"], strict=False)), row["id"]
        for name in _names(row):
            assert name == name.strip(), (row["id"], name)
            assert not HONORIFIC.search(name), (row["id"], name)
