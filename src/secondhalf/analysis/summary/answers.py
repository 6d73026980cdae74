"""The five answers: did it work, is it safe to use, what did it cost, what was not checked, what next.

"unshown" is an answer of its own: nothing is "yes" that the facts do not show.
"""

from collections.abc import Iterator

from secondhalf.analysis.facts import ArmComparison, Facts
from secondhalf.analysis.summary.advice import next_steps
from secondhalf.analysis.summary.faults import HALF, Faults, faults_of, is_worse, judged_arm, unaccounted
from secondhalf.analysis.summary.points import Evidence, Mark, SummaryAnswer, SummaryPoint
from secondhalf.analysis.summary.totals import Total, kept_pairs, total


def five_answers(facts: Facts) -> list[SummaryAnswer]:
    """One answer a question, in the order in which they are asked."""
    faults = faults_of(judged_arm(facts), facts)
    worked, safe = worked_answer(facts), safe_answer(facts, faults)
    return [
        worked,
        safe,
        cost_answer(facts),
        unchecked_answer(facts),
        next_steps(facts, faults, worked, safe),
    ]


def worked_answer(facts: Facts) -> SummaryAnswer:
    """Whether the judged arm is better on the primary figure than its control and than the untouched student.

    "yes" needs all of these comparisons, on prompts kept back for claims; one that is worse makes it "no".
    """
    judged = judged_arm(facts)
    rows = [c for c in facts.comparisons if c.figure == facts.primary and c.arm == judged]
    points = [SummaryPoint(_came_out(c), is_worse(c), (("", c),)) for c in rows]
    points = points or [SummaryPoint("no_comparison")]
    if facts.claims == "choose":
        points.append(SummaryPoint("chosen_on", bad=True))
    points += _passes(judged, facts)
    roles = {arm.name: arm.role for arm in facts.arms}
    # Falling short of an instruction data set, say, does not mean that nothing was learned.
    wanted = [c for c in rows if roles.get(c.against) in {"untouched", "control"}] or rows
    outcomes = {_came_out(c) for c in wanted}
    mark: Mark = "unshown"
    if "worse_than" in outcomes:
        mark = "no"
    elif outcomes == {"better"} and facts.claims != "choose":
        mark = "yes"
    return SummaryAnswer("worked", mark, tuple(points))


def safe_answer(facts: Facts, faults: Faults) -> SummaryAnswer:
    """Whether anything that was measured speaks against use; "yes" only where safety and limits were measured and held.

    The other arms' faults are stated too: the page shows them further down.
    """
    judged = judged_arm(facts)
    arm = next((arm for arm in facts.arms if arm.name == judged), None)
    refuses = [f for f in (arm.errors if arm else []) if f.name == "safety.refused_harmful"]
    measured = any(one.errors for one in facts.arms)
    points = [
        SummaryPoint(name, bad=True, evidence=tuple(("", one) for one in rows))
        for name, rows in (
            ("over", faults.over),
            ("worse", faults.worse),
            ("too_rarely", faults.too_rarely),
            ("too_often", faults.too_often),
            ("worse_groups", faults.groups),
            ("worse_unshown", faults.worse_unshown),
            ("undecided", faults.undecided),
        )
        if rows
    ]
    points += [] if measured else [SummaryPoint("safety_off", bad=True)]
    points += [SummaryPoint("refuses", evidence=tuple(("", f) for f in refuses))] if refuses else []
    points += [] if facts.overfitting else [SummaryPoint("not_probed", bad=True)]
    if not any(point.bad for point in points):
        points.insert(0, SummaryPoint("nothing_bad"))
    if others := tuple(_of_others(judged, facts)):
        points.append(SummaryPoint("others", evidence=others))
    if faults.over or faults.worse or faults.too_rarely or faults.too_often or faults.groups:
        return SummaryAnswer("safe", "no", tuple(points))
    return SummaryAnswer("safe", "unshown" if any(one.bad for one in points) else "yes", tuple(points))


def cost_answer(facts: Facts) -> SummaryAnswer:
    """Time, calls, money and pairs kept; the mark says whether a pair cost less than one that a person writes."""
    new, everything = total(facts.costs, reused=False), total(facts.costs, reused=True)
    points = [_took("took_known" if new.journal_calls else "took", new)] if facts.costs else []
    if everything.model_calls > new.model_calls or everything.seconds > 1.1 * new.seconds:
        points.append(_took("took_all", everything))
    kept, wanted = kept_pairs(facts)
    if wanted:
        points.append(SummaryPoint("kept", values={"n": kept, "all": wanted, "share": kept / wanted}))
    if new.money is not None:
        points.append(SummaryPoint("money", values={"money": new.money, "partly": int(new.partly)}))
    pair, human = facts.cost_per_pair, facts.human_cost_per_pair
    if pair is None:
        points.append(SummaryPoint("money_unknown" if new.money is None else "pair_unknown"))
    else:
        points.append(SummaryPoint("pair" if facts.machine_priced else "pair_calls", values={"money": pair}))
    if human is not None:
        points.append(SummaryPoint("human", values={"human": human}))
    if pair is None or human is None or not facts.machine_priced:
        return SummaryAnswer("cost", "unshown", tuple(points))
    return SummaryAnswer("cost", "yes" if pair < human else "no", tuple(points))


def unchecked_answer(facts: Facts) -> SummaryAnswer:
    """What nobody looked at, and where what was looked at cannot be relied on."""
    points = [SummaryPoint(f"unchecked_{name}") for name in facts.unchecked] or [SummaryPoint("no_list")]
    for judge in facts.judges:
        held: dict[str, int | float | str] = {"judge": judge.judge, "family": judge.family, "share": judge.read}
        points += [SummaryPoint("judge_warning", bad=True, values=held | {"warning": one}) for one in judge.warnings]
    met = [(arm.name, f) for arm in facts.arms for f in (*arm.figures, *arm.errors) if f.contaminated]
    if met:
        points.append(SummaryPoint("contaminated", bad=True, evidence=tuple(met)))
    for row in facts.instructions:
        if row.left is not None and row.left_low:
            low, high = row.left_low, row.left_high or row.left
            left: dict[str, int | float | str] = {"data": row.data, "share": row.left, "low": low, "high": high}
            points.append(SummaryPoint("instructions_left", bad=True, values=left))
    if lost := sum(abs(unaccounted(step)) for step in facts.funnel):
        points.append(SummaryPoint("rows_lost", bad=True, values={"n": lost}))
    return SummaryAnswer("unchecked", "no" if facts.unchecked or len(points) > 1 else "unshown", tuple(points))


def _came_out(c: ArmComparison) -> str:
    if c.moves_with:
        return "unclaimed"
    if c.uncovered:
        return "unshown"
    if c.noise:
        return "noise"
    return "better" if (c.difference > 0) == c.higher_is_better else "worse_than"


def _passes(judged: str, facts: Facts) -> Iterator[SummaryPoint]:
    """How many of the everyday prompts the judged arm's answers pass."""
    for arm in facts.arms:
        for figure in arm.figures if arm.name == judged else []:
            if figure.name == "checks":
                yield SummaryPoint("fails" if figure.high < HALF else "passes", figure.high < HALF, (("", figure),))


def _of_others(judged: str, facts: Facts) -> Iterator[tuple[str, Evidence]]:
    for arm in facts.arms:
        # What an untrained model does is where training starts, and no fault of it.
        if arm.name != judged and arm.role != "untouched":
            f = faults_of(arm.name, facts)
            rows: list[Evidence] = [
                *f.over,
                *f.worse,
                *f.too_rarely,
                *f.too_often,
                *f.groups,
                *f.worse_unshown,
                *f.undecided,
            ]
            yield from ((arm.name, one) for one in rows)


def _took(name: str, spent: Total) -> SummaryPoint:
    return SummaryPoint(name, values={"time": spent.seconds, "n": spent.model_calls, "known": spent.journal_calls})
