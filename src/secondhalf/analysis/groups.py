"""Results by task category and by language: where a difference holds, and where each model is strong."""

from typing import Literal

from secondhalf.analysis import benchmarks
from secondhalf.analysis.facts import Grouped, Profile, Within
from secondhalf.analysis.figures import LOWER_IS_BETTER, both_have, unit_of
from secondhalf.analysis.roles import deciding
from secondhalf.analysis.tables import RunTables, Scores
from secondhalf.analysis.training_seeds import training_seeds
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.evaluate.groups import read_groups
from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs
from secondhalf.evaluate.minimal_pairs.pairs import BY_KIND
from secondhalf.evaluate.minimal_pairs.stage import unit_of_kind
from secondhalf.statistics import compare_groups

Kind = Literal["category", "language"]
_KINDS: tuple[Kind, ...] = ("category", "language")
MOST_AXES = 12


def grouped(tables: RunTables) -> tuple[list[Grouped], list[Profile]]:
    """Every comparison on the primary figure and on each benchmark's first, by category and by language; and the profiles."""
    recipe = tables.recipe
    pairs = [(arm, other) for arm in recipe.arms for other in recipe.compared_with(arm)]
    pairs.sort(key=lambda pair: deciding(pair, recipe))
    rows, profiles = [], []
    for figure in dict.fromkeys([recipe.evaluate.primary, *benchmarks.firsts(recipe)]):
        for kind, groups in _groups(figure, tables).items():
            if len(set(groups.values())) < 2:
                continue
            rows += [row for pair in pairs if (row := _compared(figure, kind, groups, pair, tables))]
            if kind == "category" and 3 <= len(set(groups.values())) <= MOST_AXES and figure != recipe.evaluate.primary:
                profiles.append(_profile(figure, groups, tables.scores))
    return rows, profiles


def _groups(figure: str, tables: RunTables) -> dict[Kind, dict[str, str]]:
    """kind -> prompt id -> group."""
    if figure == "minimal_pairs":
        pairs = load_minimal_pairs()
        return {
            "category": {unit_of_kind(pair): pair.kind for pair in pairs},
            "language": {unit_of_kind(pair): pair.language for pair in pairs},
        }
    if "." not in figure:
        prompts = load_everyday()
        return {
            "category": {prompt.id: prompt.checks[0]["kind"] for prompt in prompts},
            "language": {prompt.id: prompt.language for prompt in prompts},
        }
    for arm in tables.recipe.arms:
        for label in tables.scored(arm, figure.partition(".")[0]):
            kinds = read_groups(tables.stages[label])
            return {kind: groups for kind, groups in kinds.items() if kind in _KINDS}
    return {}


def _compared(
    figure: str, kind: Kind, groups: dict[str, str], pair: tuple[str, str], tables: RunTables
) -> Grouped | None:
    scores = tables.scores
    arm, other = pair
    # A topic's pairs are of several kinds, so within a kind its mean over them is compared.
    scored = BY_KIND if figure == "minimal_pairs" else figure
    if scored not in scores[arm][0] or scored not in scores[other][0]:
        return None
    mine, theirs = both_have([seed[scored] for seed in scores[arm]], [seed[scored] for seed in scores[other]])
    if len(mine[0]) < 2:
        return None
    lower = figure in LOWER_IS_BETTER
    seeds = training_seeds(arm, other, tables.recipe)
    result = compare_groups(mine, theirs, groups, lower_is_better=lower, training_seeds=seeds)
    if len(result.by_group) < 2:
        return None
    rows = {
        name: Within(difference=c.difference, low=c.low, high=c.high, p=c.p, prompts=c.prompts, noise=c.noise)
        for name, c in result.by_group.items()
    }
    return Grouped(
        figure=figure,
        unit=unit_of(figure),
        kind=kind,
        arm=arm,
        against=other,
        higher_is_better=not lower,
        contaminated=benchmarks.contaminated(figure, [arm, other], tables),
        differ=result.differ,
        rows=rows,
        left_out=result.left_out,
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
