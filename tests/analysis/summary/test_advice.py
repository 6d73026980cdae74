"""What next follows from what the facts show or leave open."""

from typing import Any

import pytest

from secondhalf.analysis.facts import Account, Arm, Facts, FunnelStep
from secondhalf.analysis.summary.answers import five_answers
from support.summary_facts import comparison, of_taught, probe, share

GOOD: dict[str, Any] = {
    "arms": [
        Arm(
            name="taught",
            role="taught",
            student="s",
            seeds=[1, 2, 3],
            pairs=1000,
            figures=[share("checks", 0.6, 0.8)],
            errors=[share("safety.refused_harmful", 0.6, 0.9)],
        )
    ],
    "comparisons": [comparison("minimal_pairs")],
    "overfitting": [probe("within")],
    "cost_per_pair": 0.1,
    "human_cost_per_pair": 5.0,
}


def advice(**fields: Any) -> tuple[str, list[str]]:
    answer = five_answers(Facts.model_validate(of_taught().model_dump() | GOOD | fields))[-1]
    return answer.mark, [point.name for point in answer.points]


def arm(**fields: Any) -> list[Arm]:
    return [GOOD["arms"][0].model_copy(update=fields)]


def test_a_good_run_is_tried_with_people() -> None:
    assert advice() == ("yes", ["trial"])
    assert advice(unchecked=["answers"]) == ("yes", ["trial", "people"])


@pytest.mark.parametrize(
    ("mark", "fields", "steps"),
    [
        ("yes", {"arms": arm(pairs=999)}, ["trial", "pairs"]),
        (
            "no",
            {"comparisons": [comparison("minimal_pairs", noise=True, uncovered=True)], "arms": arm(seeds=[1])},
            ["seeds"],
        ),
        ("no", {"comparisons": [comparison("minimal_pairs", -0.1, 0.2)]}, ["prompts"]),
        ("no", {"claims": "choose"}, ["confirm"]),
        ("unshown", {"arms": arm(errors=[])}, ["safety_on"]),
        ("no", {"overfitting": [probe("over")]}, ["forgetting"]),
        ("no", {"overfitting": [probe("over", figure="leak_reply")]}, ["leaks"]),
        ("unshown", {"overfitting": [probe("undecided")]}, ["probe_more"]),
        ("unshown", {"overfitting": []}, ["probes_on"]),
        ("no", {"comparisons": [*GOOD["comparisons"], comparison("stops", -0.2, -0.1)]}, ["regressions"]),
        ("no", {"arms": arm(figures=[share("checks", 0.1, 0.3)])}, []),
        ("yes", {"judges": [Account(judge="j", items=9, read=1, warnings=["blind"])]}, ["trial", "judge"]),
        ("yes", {"funnel": [FunnelStep(stage="clean", rows_in=9, rows_out=6)]}, ["trial", "rows"]),
        ("yes", {"machine_priced": False}, ["trial", "price"]),
    ],
)
def test_each_step_mends_one_thing(mark: str, fields: dict[str, Any], steps: list[str]) -> None:
    assert advice(**fields) == (mark, steps)
