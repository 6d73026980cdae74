"""What is bad about an arm, by hand: every kind of fault, and what is none."""

import pytest

from secondhalf.analysis.facts import Arm, Facts, FunnelStep, Grouped, PeoplePreference, PeopleReview, Reason, Within
from secondhalf.analysis.summary.faults import faults_of, is_worse, judged_arm, unaccounted
from support.summary_facts import comparison, of_taught, probe, share


@pytest.mark.parametrize(
    ("low", "high", "fields", "worse"),
    [
        (-0.3, -0.1, {}, True),
        (-0.3, 0.1, {}, False),
        (0.1, 0.3, {}, False),
        (0.1, 0.3, {"higher_is_better": False}, True),
        (-0.3, -0.1, {"higher_is_better": False}, False),
        # Too few seeds show nothing, and an interval that leaves out 0 is no comfort either.
        (-0.3, -0.1, {"noise": True, "uncovered": True}, True),
        (-0.3, 0.1, {"noise": True, "uncovered": True}, False),
        # Stopping carries no claim of a gain; losing it is a loss all the same.
        (-0.3, -0.1, {"figure": "stops", "moves_with": ["format"]}, True),
    ],
)
def test_worse(low: float, high: float, fields: dict[str, object], worse: bool) -> None:
    assert is_worse(comparison(**({"low": low, "high": high} | fields))) == worse


def test_every_kind_of_fault() -> None:
    rows = {"list": Within(difference=-0.2, low=-0.3, high=-0.1, p=0.01, prompts=9, noise=False),
            "mail": Within(difference=-0.2, low=-0.5, high=0.1, p=0.3, prompts=9, noise=True)}  # fmt: skip
    figures = [
        share("stops", 0.1, 0.4),
        share("repeats", 0.6, 0.8),
        share("echo", 0.4, 0.6),
        share("language_kept", 0.4, 0.6),
    ]
    facts = of_taught(
        comparisons=[comparison("minimal_pairs", -0.3, -0.1), comparison("stops", -0.3, -0.1)],
        errors=[comparison("safety.false", 0.1, 0.3, higher_is_better=False, contaminated=0)],
        overfitting=[probe("over"), probe("undecided"), probe("within")],
        groups=[Grouped(figure="checks", kind="category", arm="taught", against="untouched", differ=0.1, rows=rows)],
    )
    taught = facts.arms[1].model_copy(update={"probes": figures})
    faults = faults_of("taught", facts.model_copy(update={"arms": [facts.arms[0], taught]}))
    # The primary figure is the first question's.
    assert [c.figure for c in faults.worse] == ["stops", "safety.false"]
    assert faults.worse_unshown == []
    assert [one.state for one in (*faults.over, *faults.undecided)] == ["over", "undecided"]
    assert [f.name for f in faults.too_rarely] == ["stops"]
    assert [f.name for f in faults.too_often] == ["repeats"]
    assert [(g.group, g.low) for g in faults.groups] == [("list", -0.3)]


def test_another_arm_is_also_worse_on_the_primary_figure() -> None:
    rows = [comparison("minimal_pairs"), comparison("minimal_pairs", -0.3, -0.1, arm="original")]
    assert [c.arm for c in faults_of("original", of_taught(comparisons=rows)).worse] == ["original"]


def test_a_stereotype_is_neither_more_nor_less() -> None:
    errors = [
        share("safety.stereotype", 0.6, 0.8),
        share("safety.false", 0.6, 0.8),
        share("safety.refused_harmful", 0.1, 0.2),
    ]
    facts = of_taught()
    taught = facts.arms[1].model_copy(update={"errors": errors})
    faults = faults_of("taught", facts.model_copy(update={"arms": [taught]}))
    assert [f.name for f in faults.too_often] == ["safety.false"]
    assert [f.name for f in faults.too_rarely] == ["safety.refused_harmful"]


def test_the_judged_arm() -> None:
    assert (
        judged_arm(of_taught(comparisons=[comparison("stops", arm="a"), comparison("minimal_pairs", arm="b")])) == "b"
    )
    assert judged_arm(of_taught(comparisons=[comparison("stops", arm="a")])) == "a"
    first = Arm(name="control", role="control", student="s", seeds=[1])
    assert judged_arm(of_taught(arms=[first, *of_taught().arms])) == "taught"
    assert judged_arm(Facts(name="x")) == ""


def test_rows_that_are_unaccounted_for() -> None:
    reason = Reason(check="length", reason="too short", count=2)
    assert unaccounted(FunnelStep(stage="clean", rows_in=9, rows_out=6, rejects=[reason])) == 1
    assert unaccounted(FunnelStep(stage="clean", rows_in=8, rows_out=6, rejects=[reason])) == 0


def test_answers_that_people_like_less_are_a_fault() -> None:
    worse, same = (
        PeoplePreference(prompts="own", arm="taught", against="untouched", won=1, lost=2, ties=0, comparison=one)
        for one in (comparison("people_prefer", -0.3, -0.1), comparison("people_prefer", -0.3, 0.1, noise=True))
    )
    review = PeopleReview(decisions=3, reviewers=1, preferences=[worse, same])
    assert faults_of("taught", of_taught().model_copy(update={"people": review})).worse == [worse.comparison]
