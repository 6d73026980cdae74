"""What a comparison says, in one sentence. The claim itself is statistics'; here are names, units and the prompts.

Refuses to say more than one comparison shows: the verdict is the first comparison on the primary figure, as it stands.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from secondhalf import statistics
from secondhalf.analysis.facts import ArmComparison, Facts, Grouped
from secondhalf.evaluate.invariance import Nuisance
from secondhalf.report import numbers
from secondhalf.report.words import Language, fill, label, page_words
from secondhalf.statistics import describe_comparison, describe_groups, is_uncovered
from secondhalf.statistics.groups import GroupComparisons

Outcome = Literal["better", "worse", "noise", "unshown", "unclaimed"]


@dataclass(frozen=True, slots=True)
class StatedComparison:
    """A comparison, how it came out, and the sentence."""

    comparison: ArmComparison
    outcome: Outcome
    sentence: str


def outcome(comparison: ArmComparison) -> Outcome:
    """better or worse for `arm`, or noise; unshown where too few training seeds were trained, unclaimed where the figure moves
    although nothing was learned."""
    if comparison.moves_with:
        return "unclaimed"
    if comparison.uncovered:
        return "unshown"
    return came_out(comparison.difference, comparison.higher_is_better, comparison.noise)


def came_out(difference: float, higher_is_better: bool, noise: bool) -> Outcome:
    """better, worse or noise."""
    if noise:
        return "noise"
    return "better" if (difference > 0) == higher_is_better else "worse"


def primary(facts: Facts) -> list[StatedComparison]:
    """The comparisons on the primary figure, the deciding one first; empty when there is none."""
    chosen = [c for c in facts.comparisons if c.figure == facts.primary]
    return [StatedComparison(c, outcome(c), sentence(c, facts)) for c in chosen]


def people_said(facts: Facts) -> list[StatedComparison]:
    """What people's blind comparisons come to, a set of prompts each."""
    rows = [one.comparison for one in facts.people.preferences if one.comparison] if facts.people else []
    return [StatedComparison(c, outcome(c), sentence(c, facts)) for c in rows]


def no_evidence(moves_with: Sequence[Nuisance], language: Language) -> str:
    """One sentence: why a figure that moves with these is no evidence of following instructions."""
    words = page_words(language)
    return fill(words["no_evidence"], nuisances=words["and"].join(words[f"nuisance_{name}"] for name in moves_with))


def sentence(comparison: ArmComparison, facts: Facts) -> str:
    """One sentence: better, worse or within noise, on which figure and prompts, with interval and training seeds."""
    words, c = page_words(facts.language), comparison
    by = numbers.scale(c.unit)
    shown = statistics.Comparison(
        difference=c.difference * by,
        low=c.low * by,
        high=c.high * by,
        p=c.p,
        prompts=c.prompts,
        seeds_a=max(c.seeds, 1),
        seeds_b=max(c.seeds_against, 1),
        noise=c.noise,
        smallest=c.smallest * by,
        uncovered=c.uncovered,
    )
    one, other = (words["quoted"].format(name=name) for name in (c.arm, c.against))
    part = words.get(f"claims_{facts.claims}", facts.claims)
    if c.contaminated is not None:
        part = fill(words["contaminated"], contaminated=numbers.count(c.contaminated), n=numbers.count(c.prompts))
    figure = label(words, "figure", c.figure)
    # An aside only where there is a unit to tell.
    unit = words[f"difference_{c.unit}"]
    aside = words["aside"].format(parts=words["aside_join"].join(filter(None, (unit, part))))
    text = describe_comparison(
        shown,
        facts.language,
        one,
        other,
        f"{figure}{aside}",
        lower_is_better=not c.higher_is_better,
        evidence=not c.moves_with,
    )
    if c.moves_with:
        text += words["between"] + no_evidence(c.moves_with, facts.language)
    return _with_minus(text)


def groups_sentence(facts: Facts, one: Grouped) -> str:
    """Where a comparison holds and where it is least, in the unit and with the names of groups that the page shows."""
    words, by = page_words(facts.language), numbers.scale(one.unit)
    seeds = {arm.name: len(arm.seeds) for arm in facts.arms}
    uncovered = is_uncovered(seeds.get(name, 0) for name in (one.arm, one.against))
    by_group = {
        label(words, one.kind, name): statistics.Comparison(
            difference=c.difference * by,
            low=c.low * by,
            high=c.high * by,
            p=c.p,
            prompts=c.prompts,
            seeds_a=1,
            seeds_b=1,
            noise=c.noise,
            smallest=0.0,
            uncovered=uncovered,
        )
        for name, c in one.rows.items()
    }
    groups = GroupComparisons(by_group, one.left_out, one.differ)
    return _with_minus(describe_groups(groups, facts.language, lower_is_better=not one.higher_is_better))


def _with_minus(text: str) -> str:
    """A true minus sign before a number that stands on its own; names keep their hyphens."""
    return re.sub(r"(?<=[\s\u3000〜])-(?=\d)", "\u2212", text)
