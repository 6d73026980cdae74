"""Facts refuse what no page may show: figures that are not finite, and benchmarks silent on their overlap with the pairs."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.analysis.facts import Arm, ArmComparison, Facts, Figure, Grouped, Sample

COMPARISON: dict[str, Any] = {
    "arm": "taught",
    "against": "control",
    "figure": "checks",
    "difference": 0.1,
    "low": 0.0,
    "high": 0.2,
    "p": 0.04,
    "prompts": 10,
    "noise": False,
    "smallest": 0.1,
}
GROUPED: dict[str, Any] = {
    "figure": "checks",
    "kind": "category",
    "arm": "taught",
    "against": "control",
    "differ": 0.5,
    "rows": {},
}


def figure(name: str = "checks", mean: float = 0.5, contaminated: int | None = None) -> Figure:
    return Figure(name=name, mean=mean, low=0.4, high=0.6, prompts=10, contaminated=contaminated)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e16, -1e16])
def test_a_number_is_finite_and_within_bounds(value: float) -> None:
    with pytest.raises(ValidationError, match="mean"):
        figure(mean=value)
    with pytest.raises(ValidationError, match="high"):
        ArmComparison.model_validate({**COMPARISON, "high": value})


def test_infinity_in_a_file_is_refused() -> None:
    text = Facts(name="one", arms=[Arm(name="taught", student="s", figures=[figure()])]).model_dump_json()
    assert Facts.model_validate_json(text).arms[0].figures == [figure()]
    broken = text.replace('"mean":0.5', '"mean":Infinity')
    assert broken != text
    with pytest.raises(ValidationError, match="finite"):
        Facts.model_validate_json(broken)


def test_counts_are_not_negative() -> None:
    with pytest.raises(ValidationError, match="contaminated"):
        figure("ifeval.prompt_strict", contaminated=-1)


def test_a_figure_on_a_benchmark_says_how_much_of_it_was_met() -> None:
    assert figure("ifeval.prompt_strict", contaminated=0).contaminated == 0
    assert figure("checks").contaminated is None  # no benchmark's
    with pytest.raises(ValidationError, match=r"ifeval\.prompt_strict: no figure on a benchmark without"):
        figure("ifeval.prompt_strict")


def test_comparisons_and_groups_on_a_benchmark_say_it_too() -> None:
    for kind, fields in ((ArmComparison, COMPARISON), (Grouped, GROUPED)):
        kind.model_validate(fields)
        kind.model_validate({**fields, "figure": "mt_bench.grade", "contaminated": 2})
        with pytest.raises(ValidationError, match=r"mt_bench\.grade: no figure on a benchmark without"):
            kind.model_validate({**fields, "figure": "mt_bench.grade"})


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="verdict"):
        Facts.model_validate({"name": "one", "verdict": "better"})


def test_lone_surrogates_are_written_out() -> None:
    sample = Sample(prompt_id="1", prompt="a\ud800b", answers={"taught": "日本"})
    assert (sample.prompt, sample.answers) == ("a\\ud800b", {"taught": "日本"})
    sample.model_dump_json()
