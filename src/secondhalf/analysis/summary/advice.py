"""What to do next, as it follows from the facts: each step mends one thing that they show or leave open."""

from secondhalf.analysis.facts import Facts
from secondhalf.analysis.summary.faults import Faults, judged_arm, unaccounted
from secondhalf.analysis.summary.points import Mark, SummaryAnswer, SummaryPoint
from secondhalf.statistics.paired import FEWEST_SEEDS

ENOUGH_PAIRS = 1000
"""With a thousand good pairs a strong base model follows instructions (LIMA, arXiv 2305.11206); below it more pairs are the
first thing to try."""


def next_steps(facts: Facts, faults: Faults, worked: SummaryAnswer, safe: SummaryAnswer) -> SummaryAnswer:
    """The steps, the most pressing first. "yes": ready to be tried with people; "no": not to be deployed."""
    judged = judged_arm(facts)
    pairs = next((arm.pairs for arm in facts.arms if arm.name == judged), 0)
    rows = [c for c in facts.comparisons if c.figure == facts.primary and c.arm == judged]
    figures = {probe.figure for probe in faults.over}
    worse = bool(faults.worse or faults.worse_unshown or faults.groups)
    met = any(f.contaminated for one in facts.arms for f in (*one.figures, *one.errors))
    steps = [
        (0 < pairs < ENOUGH_PAIRS, SummaryPoint("pairs", values={"n": pairs, "most": ENOUGH_PAIRS})),
        (any(c.uncovered for c in facts.comparisons), SummaryPoint("seeds", values={"least": FEWEST_SEEDS})),
        (any(c.noise and not c.uncovered for c in rows), SummaryPoint("prompts")),
        (facts.claims == "choose", SummaryPoint("confirm")),
        (not any(one.errors for one in facts.arms), SummaryPoint("safety_on")),
        (any(name.startswith(("forgotten", "gap")) for name in figures), SummaryPoint("forgetting")),
        (any(name.startswith("leak") for name in figures), SummaryPoint("leaks")),
        (worse, SummaryPoint("regressions")),
        (bool(faults.undecided), SummaryPoint("probe_more")),
        (not facts.overfitting, SummaryPoint("probes_on")),
        (any(one.warnings for one in facts.judges), SummaryPoint("judge")),
        (met, SummaryPoint("decontaminate")),
        (any(unaccounted(step) for step in facts.funnel), SummaryPoint("rows")),
        (facts.cost_per_pair is None or not facts.machine_priced, SummaryPoint("price")),
        (bool({"answers", "answers_judged"} & set(facts.unchecked)), SummaryPoint("people")),
    ]  # fmt: skip
    wanted = [point for needed, point in steps if needed]
    unfit = worked.mark != "yes" or safe.mark == "no" or any(point.name == "fails" for point in worked.points)
    mark: Mark = "no" if unfit else safe.mark
    if mark == "yes":
        wanted.insert(0, SummaryPoint("trial"))
    return SummaryAnswer("next", mark, tuple(wanted))
