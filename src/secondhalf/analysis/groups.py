"""Results by task category and by language: where a difference holds, and where each model is strong."""

from typing import Literal

from secondhalf import statistics
from secondhalf.analysis import benchmarks
from secondhalf.analysis.facts import Grouped, Profile, Within
from secondhalf.analysis.figures import LOWER_IS_BETTER, Scores, both_have, labels, unit_of
from secondhalf.analysis.roles import deciding
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.evaluate.groups import read_groups
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.store import Stage

Kind = Literal["category", "language"]
_KINDS: tuple[Kind, ...] = ("category", "language")
MOST_AXES = 12


def grouped(
    recipe: Recipe, stages: dict[Label, Stage], scores: dict[str, list[Scores]]
) -> tuple[list[Grouped], list[Profile]]:
    """Every comparison on the primary figure and on each benchmark's first, by category and by language; and the profiles."""
    pairs = [(arm, other) for arm in recipe.arms for other in recipe.compared_with(arm)]
    pairs.sort(key=lambda pair: deciding(pair, recipe))
    found, profiles = [], []
    for figure in dict.fromkeys([recipe.evaluate.primary, *benchmarks.firsts(recipe)]):
        for kind, groups in _groups(figure, recipe, stages).items():
            if len(set(groups.values())) < 2:
                continue
            found += [one for pair in pairs if (one := _compared(figure, kind, groups, pair, recipe, stages, scores))]
            if kind == "category" and 3 <= len(set(groups.values())) <= MOST_AXES and figure != recipe.evaluate.primary:
                profiles.append(_profile(figure, groups, scores))
    return found, profiles


def _groups(figure: str, recipe: Recipe, stages: dict[Label, Stage]) -> dict[Kind, dict[str, str]]:
    """kind -> prompt id -> group."""
    if "." not in figure:
        prompts = load_everyday()
        return {
            "category": {prompt.id: prompt.checks[0]["kind"] for prompt in prompts},
            "language": {prompt.id: prompt.language for prompt in prompts},
        }
    for arm in recipe.arms:
        for label in labels(arm, recipe):
            for scored in benchmarks.labels(label, recipe):
                if scored in stages and scored.benchmark == figure.partition(".")[0]:
                    return {kind: groups for kind, groups in read_groups(stages[scored]).items() if kind in _KINDS}
    return {}


def _compared(
    figure: str, kind: Kind, groups: dict[str, str], pair: tuple[str, str], recipe: Recipe, stages: dict[Label, Stage],
    scores: dict[str, list[Scores]],
) -> Grouped | None:  # fmt: skip
    arm, other = pair
    if figure not in scores[arm][0] or figure not in scores[other][0]:
        return None
    mine, theirs = both_have([seed[figure] for seed in scores[arm]], [seed[figure] for seed in scores[other]])
    if len(mine[0]) < 2:
        return None
    lower = figure in LOWER_IS_BETTER
    said = statistics.by_group(mine, theirs, groups, lower_is_better=lower)
    if len(said.by_group) < 2:
        return None
    rows = {
        name: Within(difference=c.difference, low=c.low, high=c.high, p=c.p, prompts=c.prompts, noise=c.noise)
        for name, c in said.by_group.items()
    }
    return Grouped(
        figure=figure,
        unit=unit_of(figure),
        kind=kind,
        arm=arm,
        against=other,
        higher_is_better=not lower,
        met=benchmarks.met(figure, [arm, other], recipe, stages),
        differ=said.differ,
        sentence=statistics.generalises(said, recipe.report.language, lower_is_better=lower),
        rows=rows,
        left_out=said.left_out,
    )


def _profile(figure: str, groups: dict[str, str], scores: dict[str, list[Scores]]) -> Profile:
    """Each arm's mean in each category, over its prompts and seeds."""
    axes = sorted(set(groups.values()))
    arms: dict[str, list[float | None]] = {}
    for arm, seeds in scores.items():
        values: dict[str, list[float]] = {}
        for seed in seeds:
            for id, value in seed.get(figure, {}).items():
                values.setdefault(groups.get(id, ""), []).append(value)
        if any(axis in values for axis in axes):
            arms[arm] = [sum(values[axis]) / len(values[axis]) if axis in values else None for axis in axes]
    return Profile(figure=figure, unit=unit_of(figure), axes=axes, arms=arms)
