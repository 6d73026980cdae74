"""No figure on a benchmark without how much of it was met in the training pairs."""

from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.analysis.facts import ArmComparison, Figure, is_benchmark

FIGURE: dict[str, Any] = {"mean": 0.5, "low": 0.4, "high": 0.6, "prompts": 541}
COMPARISON: dict[str, Any] = {
    "arm": "a", "against": "b", "difference": 0.1, "low": 0, "high": 0.2, "p": 0.5, "prompts": 541, "noise": True,
    "smallest": 0,
}  # fmt: skip


def test_a_benchmarks_figure_says_what_was_met() -> None:
    assert Figure(name="checks", **FIGURE).contaminated is None
    assert Figure(name="ifeval.strict", contaminated=0, **FIGURE).contaminated == 0
    assert ArmComparison(figure="ifeval.strict", contaminated=3, **COMPARISON).contaminated == 3
    with pytest.raises(ValidationError, match="no figure on a benchmark without"):
        Figure(name="ifeval.strict", **FIGURE)
    with pytest.raises(ValidationError, match="no figure on a benchmark without"):
        ArmComparison(figure="ifeval_ja.loose", **COMPARISON)


def test_only_two_words_and_a_dot_name_a_benchmarks_figure() -> None:
    assert [name for name in ("ifeval.strict", "checks", "a. b", ".a", "a.b.c") if is_benchmark(name)] == [
        "ifeval.strict"
    ]
