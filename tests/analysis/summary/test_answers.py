"""The five answers by hand: which mark, and on what."""

import pytest

from secondhalf.analysis.facts import Account, Arm, Cost, Facts, FunnelStep, InstructionShare
from secondhalf.analysis.summary.answers import cost_answer, five_answers, safe_answer, unchecked_answer, worked_answer
from secondhalf.analysis.summary.faults import faults_of
from secondhalf.analysis.summary.points import SummaryAnswer
from support.summary_facts import comparison, of_taught, probe, share

BETTER, WORSE, NOISE = (0.1, 0.3), (-0.3, -0.1), (-0.1, 0.3)


def names(answer: SummaryAnswer) -> list[str]:
    return [point.name for point in answer.points]


def on_primary(control: tuple[float, float], untouched: tuple[float, float], **fields: object) -> Facts:
    rows = [
        comparison("minimal_pairs", *span, against=against)
        for against, span in (("original", control), ("untouched", untouched))
    ]
    facts = of_taught(comparisons=rows, **fields)
    return facts.model_copy(update={"arms": [*facts.arms, Arm(name="original", role="control", student="s")]})


@pytest.mark.parametrize(
    ("control", "untouched", "mark"),
    [
        (BETTER, BETTER, "yes"),
        (BETTER, NOISE, "unshown"),
        (NOISE, BETTER, "unshown"),
        (WORSE, BETTER, "no"),
        (BETTER, WORSE, "no"),
    ],
)
def test_it_worked_only_against_both(control: tuple[float, float], untouched: tuple[float, float], mark: str) -> None:
    assert worked_answer(on_primary(control, untouched)).mark == mark


def test_what_keeps_it_from_having_worked() -> None:
    assert names(worked_answer(of_taught())) == ["no_comparison"]
    chosen = worked_answer(on_primary(BETTER, BETTER, claims="choose"))
    assert (chosen.mark, names(chosen)) == ("unshown", ["better", "better", "chosen_on"])
    moved = of_taught(comparisons=[comparison("minimal_pairs", moves_with=["topic"])])
    assert (worked_answer(moved).mark, names(worked_answer(moved))) == ("unshown", ["unclaimed"])
    few = of_taught(comparisons=[comparison("minimal_pairs", noise=True, uncovered=True)])
    assert (worked_answer(few).mark, names(worked_answer(few))) == ("unshown", ["unshown"])


def test_instruction_data_may_be_better_without_that_it_did_not_work() -> None:
    facts = on_primary(BETTER, BETTER)
    rows = [*facts.comparisons, comparison("minimal_pairs", *WORSE, against="instructed")]
    answer = worked_answer(facts.model_copy(update={"comparisons": rows}))
    assert (answer.mark, names(answer), answer.points[-1].bad) == ("yes", ["better", "better", "worse_than"], True)


@pytest.mark.parametrize(("span", "name"), [((0.2, 0.4), "fails"), ((0.4, 0.6), "passes")])
def test_everyday_prompts_that_are_passed(span: tuple[float, float], name: str) -> None:
    arm = Arm(name="taught", role="taught", student="s", seeds=[1, 2, 3], figures=[share("checks", *span)])
    assert names(worked_answer(of_taught(arms=[arm])))[-1] == name


def safe(**fields: object) -> SummaryAnswer:
    errors = [share("safety.refused_harmful", 0.6, 0.9)]
    arms = [Arm(name="taught", role="taught", student="s", seeds=[1, 2, 3], errors=errors)]
    facts = of_taught(**({"arms": arms, "overfitting": [probe("within")]} | fields))
    return safe_answer(facts, faults_of("taught", facts))


def test_safe_needs_that_it_was_measured() -> None:
    assert (safe().mark, names(safe())) == ("yes", ["nothing_bad", "refuses"])
    off = safe(arms=[Arm(name="taught", role="taught", student="s", seeds=[1, 2, 3])])
    assert (off.mark, names(off)) == ("unshown", ["safety_off"])
    assert (safe(overfitting=[]).mark, names(safe(overfitting=[]))) == ("unshown", ["refuses", "not_probed"])
    assert safe(overfitting=[probe("undecided")]).mark == "unshown"
    unshown = safe(comparisons=[comparison("stops", *WORSE, noise=True, uncovered=True)])
    assert (unshown.mark, names(unshown)) == ("unshown", ["worse_unshown", "refuses"])


@pytest.mark.parametrize(
    "fields", [{"overfitting": [probe("over")]}, {"comparisons": [comparison("language_kept", *WORSE)]}]
)
def test_what_is_bad_makes_it_unsafe(fields: dict[str, object]) -> None:
    assert safe(**fields).mark == "no"


def test_what_is_bad_about_another_arm_is_stated_and_decides_nothing() -> None:
    arms = [*of_taught().arms, Arm(name="original", role="control", student="s", seeds=[1, 2, 3])]
    arms[1].errors.append(share("safety.refused_harmful", 0.6, 0.9))
    answer = safe(arms=arms, overfitting=[probe("within"), probe("over", arm="original")])
    assert (answer.mark, names(answer)) == ("yes", ["nothing_bad", "refuses", "others"])
    assert [arm for arm, _ in answer.points[-1].evidence] == ["original"]


def test_cost() -> None:
    costs = [
        Cost(stage="teach", label="taught", seconds=60, model_calls=10, journal_calls=4, money=0.5),
        Cost(stage="train", seconds=40, money=None, reused=True),
    ]
    funnel = [
        FunnelStep(stage="teach", data="taught", unit="pairs", rows_in=10, rows_out=9),
        FunnelStep(stage="audit", data="taught", unit="pairs", rows_in=9, rows_out=4),
        FunnelStep(stage="audit", data="original", unit="pairs", rows_in=4, rows_out=4),
    ]
    facts = Facts(name="x", costs=costs, funnel=funnel, cost_per_pair=0.1, human_cost_per_pair=5)
    answer = cost_answer(facts)
    assert (answer.mark, names(answer)) == ("yes", ["took_known", "took_all", "kept", "money", "pair", "human"])
    took, everything, kept, money = (point.values for point in answer.points[:4])
    assert took == {"time": 60, "n": 10, "known": 4}
    assert everything["time"] == 100
    assert kept == {"n": 4, "all": 10, "share": 0.4}
    assert money == {"money": 0.5, "partly": 0}
    assert cost_answer(facts.model_copy(update={"cost_per_pair": 6.0})).mark == "no"
    unknown = cost_answer(facts.model_copy(update={"cost_per_pair": None}))
    assert (unknown.mark, "pair_unknown" in names(unknown)) == ("unshown", True)
    calls = cost_answer(facts.model_copy(update={"machine_priced": False}))
    assert (calls.mark, "pair_calls" in names(calls)) == ("unshown", True)
    assert names(cost_answer(Facts(name="x"))) == ["money_unknown"]


def test_what_cannot_be_relied_on_is_unchecked_too() -> None:
    assert (unchecked_answer(Facts(name="x")).mark, names(unchecked_answer(Facts(name="x")))) == (
        "unshown",
        ["no_list"],
    )
    met = share("ifeval.strict", 0.1, 0.2).model_copy(update={"contaminated": 3})
    facts = Facts(
        name="x",
        unchecked=["answers"],
        arms=[Arm(name="a", student="s", figures=[met])],
        judges=[Account(judge="j", items=4, read=0.4, warnings=["blind", "unread"])],
        instructions=[
            InstructionShare(data="d", language="en", pairs=9, flagged=1, left=0.1, left_low=0.02, left_high=0.2)
        ],
        funnel=[FunnelStep(stage="audit", rows_in=9, rows_out=6)],
    )
    answer = unchecked_answer(facts)
    expected = ["unchecked_answers", "judge_warning", "judge_warning", "contaminated", "instructions_left", "rows_lost"]
    assert (answer.mark, names(answer)) == ("no", expected)
    assert answer.points[-1].values == {"n": 3}


def test_five_questions_in_their_order_also_of_an_empty_run() -> None:
    answers = five_answers(Facts(name="x"))
    assert [one.question for one in answers] == ["worked", "safe", "cost", "unchecked", "next"]
    assert [one.mark for one in answers] == ["unshown", "unshown", "unshown", "unshown", "no"]
