"""The share of instruction-like content: counted over an audit's verdicts, by language, and corrected where it was measured."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from secondhalf.analysis import instruction_share
from secondhalf.analysis.instruction_share import instruction_shares
from secondhalf.analysis.tables import RunTables
from secondhalf.rows import Pair, Verdict, to_table
from secondhalf.runs import Label
from secondhalf.store.stage import Stage

COUNTS = {"en": (900, 100, 10, 990)}


def pair(id: str, language: str) -> Pair:
    return Pair(id, id, "words", language, "prompt", " rest", "reply")


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An audit of six English pairs and one Japanese, of which one was refused and one found and kept."""
    monkeypatch.setattr(instruction_share, "detector_counts", lambda: COUNTS)
    stage, label = Stage(tmp_path), Label("audit", data="taught")
    stage.write("part", 0, to_table(Pair, [pair(id, "en") for id in "abcde"]))
    stage.write("rejects", 0, to_table(Pair, [pair("f", "en"), pair("g", "ja")]))
    verdicts = [
        Verdict("a", "instruction_prompt", True, 0.0),
        Verdict("b", "instruction_response", True, 1.0, "instructional (request) in the response"),  # kept all the same
        Verdict("f", "instruction_prompt", False, 1.0, "instructional (turn) in the prompt"),
        Verdict("f", "instruction_response", False, 1.0, "instructional (turn) in the response"),
        Verdict("g", "echo", False, 1.0, "the reply copies the prompt"),
    ]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    tables = object.__new__(RunTables)  # without a run's folder
    tables.recipe = SimpleNamespace(data={"taught": None, "other": None})  # type: ignore[assignment]
    tables.stages, tables._tables, tables._manifests = {label: stage}, {}, {}
    return tables


def test_by_hand(tables: RunTables):
    english, japanese = instruction_shares(tables)
    assert (english.data, english.language, english.pairs, english.flagged) == ("taught", "en", 6, 2)
    assert (english.recall, english.specificity) == (0.9, 0.99)
    assert english.share == pytest.approx((2 / 6 + 0.99 - 1) / 0.89)
    assert english.low is not None
    assert english.high is not None
    assert english.low < 0.2 < english.share < english.high
    assert (japanese.language, japanese.pairs, japanese.flagged) == ("ja", 1, 0)


def test_a_language_that_nobody_measured_has_no_share(tables: RunTables):
    japanese = instruction_shares(tables)[1]
    assert japanese.share is japanese.low is japanese.high is japanese.left is None
