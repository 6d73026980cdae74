"""What was measured of each arm, and every comparison of two arms: means, differences, intervals."""

from dataclasses import replace
from typing import Any

from secondhalf import statistics
from secondhalf.analysis import benchmarks
from secondhalf.analysis.facts import Arm, Comparison, Figure, Unit
from secondhalf.analysis.roles import deciding, role
from secondhalf.analysis.safety import SAFETY, compared, compared_name
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.store import Stage

# The figures of merit and their units; what else is measured is a habit of the answers.
FIGURES: dict[str, Unit] = {"relevance": "nats", "margin": "nats", "ranking": "share", "checks": "share"}
LOWER_IS_BETTER = {"next_turn", "repeats", "echo", "empty", *SAFETY[1:]}
Scores = dict[str, dict[str, float]]  # figure -> prompt id -> value


def labels(name: str, recipe: Recipe) -> list[Label]:
    """The evaluate stages of an arm: one a seed, or one where it is not trained."""
    arm = recipe.arms[name]
    return [Label("evaluate", arm=name, seed=seed) for seed in (arm.train.seeds if arm.trained else [None])]


def scores_of(name: str, recipe: Recipe, stages: dict[Label, Stage]) -> list[Scores]:
    """An arm's scores, a table a training seed: figure -> prompt -> value."""
    found: list[Scores] = []
    for label in labels(name, recipe):
        table: Scores = {}
        beside = [
            *benchmarks.labels(label, recipe),
            *(replace(label, stage=stage) for stage in ("safety", "leaderboard")),
        ]
        for scored in (label, *(one for one in beside if one in stages)):
            for row in stages[scored].read().to_pylist():
                table.setdefault(row["figure"], {})[row["id"]] = row["value"]
        found.append(table)
    return found


def arm_of(
    name: str, recipe: Recipe, stages: dict[Label, Stage], scores: list[Scores], rates: list[Figure] | None = None
) -> Arm:
    """`rates`: figures that are no mean over prompts."""
    arm = recipe.arms[name]
    trained: dict[str, Any] = {}
    if arm.trained:
        trained = stages[Label("train", arm=name, seed=arm.train.seeds[0])].manifest
    figures: dict[str, Figure] = {}
    for figure in scores[0]:
        [seeds] = both_have([seed.get(figure, {}) for seed in scores])
        if len(seeds[0]) < 2:
            continue
        interval = statistics.estimate([[seed[key] for key in sorted(seed)] for seed in seeds])
        figures[figure] = Figure(
            name=figure,
            unit=unit_of(figure),
            mean=interval.mean,
            low=interval.low,
            high=interval.high,
            prompts=interval.prompts,
            seeds=interval.seeds,
            met=benchmarks.met(figure, [name], recipe, stages),
        )
    merits = [*_merits(recipe), *_tasks(scores)]
    figures |= {figure.name: figure for figure in rates or []}
    return Arm(
        name=name,
        role=role(name, recipe),
        student=recipe.students[arm.student].partition("#")[0],
        template=arm.train.template.name,
        seeds=arm.train.seeds if arm.trained else [],
        pairs=trained.get("rows", 0),
        supervised_tokens=trained.get("supervised_tokens", 0),
        preference=_preference(name, recipe, stages),
        figures=[figures[name] for name in merits if name in figures],
        errors=[figures[name] for name in SAFETY if name in figures],
        probes=[figure for name, figure in figures.items() if name not in {*merits, *SAFETY}],
    )


def comparisons(
    recipe: Recipe, stages: dict[Label, Stage], scores: dict[str, list[Scores]], figures: list[str] | None = None
) -> list[Comparison]:
    """Every comparison on these figures (on those of merit); the primary figure first, and against a trained control before
    the untouched."""
    pairs = [(arm, other) for arm in recipe.arms for other in recipe.compared_with(arm)]
    pairs.sort(key=lambda pair: deciding(pair, recipe))
    tasks = _tasks(next(iter(scores.values()), []))
    order = sorted(
        figures or [*_merits(recipe), *tasks, "stops", "repeats", "language_kept"],
        key=lambda figure: figure != recipe.evaluate.primary,
    )
    found = []
    for figure in order:
        for arm, other in pairs:
            if figure not in scores[arm][0] or figure not in scores[other][0]:
                continue
            # A figure that only readable answers have may be missing from a seed altogether.
            mine, theirs = both_have(*([seed.get(figure, {}) for seed in scores[name]] for name in (arm, other)))
            if len(mine[0]) < 2:
                continue
            said = compared(figure, mine, theirs)
            found.append(
                Comparison(
                    arm=arm,
                    against=other,
                    figure=compared_name(figure),
                    unit=unit_of(figure),
                    difference=said.difference,
                    low=said.low,
                    high=said.high,
                    p=said.p,
                    prompts=said.prompts,
                    seeds=said.seeds_a,
                    seeds_against=said.seeds_b,
                    noise=said.noise,
                    smallest=said.smallest,
                    higher_is_better=figure not in LOWER_IS_BETTER,
                    met=benchmarks.met(figure, [arm, other], recipe, stages),
                )
            )
    return found


def has_gaps(figure: str) -> bool:
    """Whether a prompt may have no score because its answer, or a judge's words on it, could not be read."""
    return figure.startswith(("safety.refused_", "mt_bench", "arena_hard", "alpaca_eval")) or figure == "own.judged"


def both_have(*arms: list[dict[str, float]]) -> list[list[dict[str, float]]]:
    """The prompts that every seed of every arm has a score for; see `has_gaps`."""
    ids = set.intersection(*(set(scores) for arm in arms for scores in arm))
    return [[{id: scores[id] for id in ids} for scores in arm] for arm in arms]


def unit_of(figure: str) -> Unit:
    return FIGURES.get(figure) or ("points" if figure.startswith("mt_bench.") or figure == "own.judged" else "share")


def _preference(name: str, recipe: Recipe, stages: dict[Label, Stage]) -> Figure | None:
    """The held-out margin of an arm that was trained on preferences; None without held-out pairs enough."""
    arm = recipe.arms[name]
    told = stages[Label("prefer", arm=name, seed=arm.train.seeds[0])].manifest if arm.prefer else {}
    if "held_out_margin" not in told:
        return None
    mean, low, high = told["held_out_margin"]
    return Figure(name="held_out_margin", unit="nats", mean=mean, low=low, high=high, prompts=told["held_out"])


def _tasks(scores: list[Scores]) -> list[str]:
    """The figures of lm-eval's tasks: their names come from the tasks."""
    return sorted(figure for figure in (scores[0] if scores else {}) if figure.startswith("leaderboard."))


def _merits(recipe: Recipe) -> list[str]:
    return [*FIGURES, *benchmarks.names(recipe)]
