"""The committed weights are what training on the committed labels gives; the test half is not read for them."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from secondhalf.audit.detector_rates import detector_counts
from secondhalf.audit.instruction.fingerprint import detector_fingerprint
from secondhalf.audit.instruction.ngrams import BUCKETS, presence
from secondhalf.audit.instruction.train_classifier import (
    choose_threshold,
    fit,
    held_out,
    labelled_sides,
    weights_of,
)
from support import ROOT

LABELS = ROOT / "benchmarks" / "instruction_labels"


def _committed(language: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        (files("secondhalf.audit.instruction") / f"weights_{language}.json").read_text("utf-8")
    )
    return data


@pytest.mark.soak
@pytest.mark.parametrize("language", ["en", "ja"])
def test_training_gives_the_committed_weights_again(language: str) -> None:
    """Half a minute for both languages: every rule over 2,200 sides of each, and a fit."""
    data: dict[str, Any] = weights_of(labelled_sides(LABELS, language), language)
    committed = _committed(language)
    assert data["rules"].keys() == committed["rules"].keys()
    for ours, theirs in (
        (data["ngrams"], committed["ngrams"]),
        (list(data["rules"].values()), list(committed["rules"].values())),
        ([data["bias"]], [committed["bias"]]),
    ):
        assert np.abs(np.array(ours) - np.array(theirs)).max() <= 2  # thousandths: another machine's rounding


@pytest.mark.soak
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_threshold_is_the_one_that_cross_validation_chooses(language: str) -> None:
    sides = labelled_sides(LABELS, language)
    threshold, precision, recall = choose_threshold(sides, held_out(sides))
    assert threshold == _committed(language)["threshold"]
    assert min(precision, recall) >= 0.78  # 0.80 in either language


def test_no_side_of_the_test_half_is_trained_on(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (LABELS / "pairs.jsonl").read_text("utf-8").splitlines()]
    first = [row for row in rows if row["language"] == "en"][:40]
    (tmp_path / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in first), "utf-8")
    for name in ("labels.jsonl", "more_labels.jsonl"):
        (tmp_path / name).write_text((LABELS / name).read_text("utf-8"), "utf-8")
    one = next(
        row for row in rows if row["language"] == "ja"
    )  # a file has to hold a row; this one is of another language
    (tmp_path / "more_pairs.jsonl").write_text(json.dumps(one) + "\n", "utf-8")
    dev = sum(row["half"] == "dev" for row in first)
    assert 0 < dev < len(first)
    assert len(labelled_sides(tmp_path, "en").labels) == 2 * dev


def test_a_fit_parts_what_can_be_parted() -> None:
    rows = np.array([[1.0, 0, 1], [0.9, 0, 1], [0, 1, 1], [0, 0.8, 1]])
    weights = fit(rows, np.array([True, True, False, False]))
    assert (rows @ weights > 0).tolist() == [True, True, False, False]


def test_ngrams_are_those_of_each_text_alone() -> None:
    texts = ["One text.\nTwo lines", "", "別の文章です。", "one TEXT.\n\n two  lines "]
    together = presence(texts)
    assert together.shape == (4, BUCKETS)
    for row, text in zip(together, texts, strict=True):
        assert (row == presence([text])[0]).all()
    assert (together[0] == together[3]).all()  # case, blanks and empty lines do not count
    assert (presence(["in 1848"]) == presence(["in 2019"])).all()
    assert (presence(["in 1848"]) != presence(["of 1848"])).any()


def test_the_measured_rates_are_those_of_these_detectors() -> None:
    """Whoever changes a rule, a weight or the code around them measures again: `python benchmarks/detect.py`."""
    rates = json.loads((files("secondhalf.audit") / "detector_rates.json").read_text("utf-8"))
    assert rates["detector"] == detector_fingerprint()
    rows = [json.loads(line) for line in (LABELS / "pairs.jsonl").read_text("utf-8").splitlines()]
    for language, counts in detector_counts().items():
        assert sum(counts) == sum(row["half"] == "test" and row["language"] == language for row in rows)
