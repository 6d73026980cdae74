"""Answers that copy their prompt count as failed, each seed by itself."""

import sys
from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from secondhalf.runs.labels import Label
from support import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from copied_answers import arm_figures

SCORES = {
    "checks_cut": [{"a": 1.0, "b": 1.0, "c": 0.0, "d": 1.0}, {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0}],
    "echo": [{"a": 0.3, "b": 0.31, "c": 0.0, "d": 0.0}, {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0}],
}
ANSWERS = {"answers:everyday:taught:1": ["one two", ""], "answers:everyday:taught:2": ["one two three four", "one two"]}


def test_a_run_of_two_seeds() -> None:
    results: Any = SimpleNamespace(
        scores=lambda arm, figure: SCORES[figure],
        tables=SimpleNamespace(stages=[*map(Label.parse, ANSWERS), Label.parse("answers:everyday:original:1")]),
        table=lambda label, kind: pa.table({"text": ANSWERS[str(label)]}),
    )
    assert arm_figures(results, "taught", 0.3) == {"passed": 0.5, "passed_without_copies": 0.25, "words": 2.0}
