"""The pairs that are for training alone: the form of the labelled ones, and nothing of the test half in them."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "instruction_labels"


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


LABELLED, MORE = _read("pairs.jsonl"), _read("more_pairs.jsonl")


def test_pairs_of_both_languages_in_the_form_of_the_first() -> None:
    assert Counter(pair["language"] for pair in MORE) == {"en": 906, "ja": 691}
    assert len({pair["id"] for pair in MORE + LABELLED}) == len(MORE) + len(LABELLED)
    for pair in MORE:
        assert list(pair) == list(LABELLED[0]), pair["id"]
        assert all(isinstance(value, str) and value.strip() for value in pair.values()), pair["id"]
        assert pair["half"] == "dev", pair["id"]
        assert (pair["teacher"] == "original") == (pair["response"] == pair["original"]), pair["id"]


def _runs(text: str) -> set[str]:
    """Runs of 12 words, whatever stands between them, and of 40 characters, whatever space stands between them."""
    words, characters = re.findall(r"[^\W_]+", text.lower()), "".join(text.split())
    runs = {" ".join(words[start : start + 12]) for start in range(len(words) - 11)}
    return runs | {characters[start : start + 40] for start in range(len(characters) - 39)}


def test_no_run_of_words_and_no_source_of_the_test_half_stands_in_them() -> None:
    test = [pair for pair in LABELLED if pair["half"] == "test"]
    runs = {
        run for pair in test for text in (pair["prompt"] + pair["original"], pair["response"]) for run in _runs(text)
    }
    sources = {(pair["corpus"], pair["source"]) for pair in test}
    for pair in MORE:
        assert (pair["corpus"], pair["source"]) not in sources, pair["id"]
        for text in (pair["prompt"] + pair["original"], pair["response"]):
            assert not _runs(text) & runs, pair["id"]


def test_no_address_or_number_of_a_person() -> None:
    for pair in MORE:
        for text in (pair["prompt"] + pair["original"], pair["response"]):
            # Numbers of SQLite's requirements, of an exercise on check digits, and two readings of a sensor: nobody's.
            rest = re.sub(r"\d{5}(-\d{5})+|4539 3195 0343 6467|1101  9600", "", text)
            assert not re.search(r"[\w.+-]+@[\w-]+\.\w|\+?\d[\d -]{8,}\d", rest), pair["id"]


def test_every_pair_has_its_labels() -> None:
    kinds = {
        "explicit_request", "indirect_request", "question_answer", "dialogue", "how_to", "assistant", "template", "exercise", "form",
    }  # fmt: skip
    labels = _read("more_labels.jsonl")
    assert sorted(row["id"] for row in labels) == sorted(pair["id"] for pair in MORE)
    assert all({*row["prompt"], *row["response"]} <= kinds for row in labels)
