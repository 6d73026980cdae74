"""Names of people: the labelled lines, how they are judged, and that what is said of the rules is what was measured."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from secondhalf.clean.personal import PersonalSettings
from secondhalf.report.words import page_words

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import names  # noqa: E402

PERSONAL = ROOT / "benchmarks" / "personal"
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


def test_a_label_answers_for_one_span() -> None:
    assert names.right_spans([(0, 4), (5, 9)], [(0, 9)], exact=False) == 1
    assert names.right_spans([(0, 4), (5, 9)], [(0, 9)], exact=True) == 0
    assert names.right_spans([(0, 4), (5, 9)], [(5, 9), (0, 4)], exact=True) == 2
    assert names.right_spans([(0, 4)], [(4, 9)], exact=False) == 0


def test_rates_and_what_is_found_where_nothing_is() -> None:
    table = names.tally([{"spans": [[0, 4]]}, {"spans": []}], [[(0, 3)], [(2, 5)]])
    assert (table["n"], table["found"], table["lines_without"], table["wrong_there"]) == (1, 2, 1, 1)
    assert (table["overlapping"]["precision"], table["overlapping"]["recall"]) == (0.5, 1.0)
    assert (table["exact"]["precision"], table["exact"]["recall"]) == (0.0, 0.0)
    assert 0 < table["overlapping"]["recall_low"] < 1


def test_what_is_said_of_the_rules_was_measured() -> None:
    """On the page in both languages, and in the help of the field."""
    figures = json.loads((ROOT / "benchmarks" / "results" / "names.json").read_text("utf-8"))["figures"]["languages"]
    shares = [f"{100 * figures[language]['exact']['recall']:.0f} %" for language in ("en", "ja")]
    for language in ("en", "ja"):
        assert re.findall(r"\d+ %", page_words(language)["unchecked_names_light"]) == shares
    help_text = " ".join((PersonalSettings.model_fields["person"].description or "").split())
    measured = re.findall(r"\d+ %", help_text)
    kinds = ("exact", "overlapping")
    precisions = [f"{100 * figures[one][kind]['precision']:.0f} %" for kind in kinds for one in ("en", "ja")]
    assert measured == shares + precisions
    ends = [[round(100 * figures[one]["exact"][f"recall_{end}"]) for end in ("low", "high")] for one in ("en", "ja")]
    assert all(str(pair) in help_text for pair in ends)
