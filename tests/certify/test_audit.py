"""What a certificate says of the audit: counts of its verdicts, and shares as the run's facts have them."""

from pathlib import Path

import pytest

from secondhalf.analysis.facts import InstructionShare
from secondhalf.certify import comparison
from secondhalf.certify.audit import audited_pairs, benchmarks_in_pairs, instructions_in_pairs
from secondhalf.recipe import load_recipe
from secondhalf.rows import Pair, Verdict, to_table, with_reasons
from secondhalf.runs import Label
from secondhalf.store import Stage
from support.recipes import tiny_recipe


def _stage(folder: Path, verdicts: list[Verdict], refused: dict[str, Verdict], accepted: list[str]) -> Stage:
    stage = Stage(folder)
    pairs = {id: Pair(id, id, "words", "en", "a", "b") for id in (*accepted, *refused)}
    stage.write("part", 0, to_table(Pair, [pairs[id] for id in accepted]))
    stage.write("rejects", 0, with_reasons(to_table(Pair, [pairs[id] for id in refused]), list(refused.values())))
    stage.write("verdicts", 0, to_table(Verdict, verdicts[:3]))
    stage.write("verdicts", 1, to_table(Verdict, verdicts[3:]))
    return stage


@pytest.fixture
def counted(tmp_path: Path) -> tuple[Path, dict[Label, Stage]]:
    loops = [
        Verdict("a", "loops", True, 0.0),
        Verdict("b", "loops", False, 1.0, "x"),
        Verdict("c", "loops", False, 1.0, "x"),
    ]
    met = [
        Verdict("c", "contamination", False, 0.9, "x"),
        Verdict("a", "contamination", False, 0.9, "x"),
        Verdict("b", "contamination", True, 0.1),
    ]
    refused = {"b": loops[1], "c": met[0]}
    stages = {
        Label("audit", data="taught"): _stage(tmp_path / "audit/0", [*loops, *met], refused, ["a"]),
        Label("contamination", benchmark="ifeval", data="taught"): Stage(tmp_path / "contamination/0"),
    }
    shares = [Verdict("p1", "contamination", True, 0.1), Verdict("p2", "contamination", False, 0.9, "x")]
    stages[Label("contamination", benchmark="ifeval", data="taught")].write("part", 0, to_table(Verdict, shares))
    return tiny_recipe(tmp_path / "r.yaml"), stages


def test_pairs_are_counted_for_each_check_that_they_did_not_pass(counted) -> None:
    path, stages = counted
    [row] = audited_pairs(load_recipe(path), stages)
    assert (row.data, row.pairs, row.accepted) == ("taught", 3, 1)
    assert row.failed == {"contamination": 2, "loops": 2}


def test_benchmarks_say_what_was_refused_and_what_still_stands_there(counted) -> None:
    path, stages = counted
    everyday, ifeval = benchmarks_in_pairs(load_recipe(path), stages)
    # "a" holds a prompt and was accepted: a recipe may look and refuse nothing.
    assert (everyday.benchmark, everyday.pairs_refused, everyday.pairs_met, everyday.prompts) == (
        "everyday",
        1,
        1,
        None,
    )
    assert (ifeval.benchmark, ifeval.prompts, ifeval.prompts_met, ifeval.pairs_refused) == ("ifeval", 2, 1, None)


def test_what_nobody_measured_is_said_to_be_not_measured() -> None:
    rates = {
        "recall": 0.9,
        "specificity": 0.99,
        "share": 0.1,
        "low": 0.05,
        "high": 0.2,
        "left": 0.01,
        "left_low": 0.0,
        "left_high": 0.03,
    }
    known = InstructionShare(data="taught", language="en", pairs=100, flagged=9, **rates)
    unknown = InstructionShare(data="taught", language="fr", pairs=5, flagged=0)
    first, second = instructions_in_pairs([known, unknown])
    assert first.estimate.model_dump() == rates | {"fits": True}
    assert second.estimate == "not measured"


def test_estimates_are_compared_only_under_the_same_detector() -> None:
    estimate = {"recall": 0.9, "specificity": 0.99, "share": 0.1}
    assert list(comparison._different(estimate, estimate | {"share": 0.104}, "x")) == []
    assert [one.name for one in comparison._different(estimate, estimate | {"share": 0.2}, "x")] == ["x.share"]
    before = {"instructions": [{"estimate": estimate}]}
    assert comparison._detectors(before) == comparison._detectors(
        {"instructions": [{"estimate": estimate | {"share": 0.2}}]}
    )
    assert comparison._detectors(before) != comparison._detectors(
        {"instructions": [{"estimate": estimate | {"recall": 0.8}}]}
    )
    assert comparison._detectors(before) != comparison._detectors({"instructions": [{"estimate": "not measured"}]})
