"""What was measured of each arm, and every comparison of two arms: means, differences, intervals."""

from collections.abc import Sequence
from typing import Any

from secondhalf import statistics
from secondhalf.analysis import benchmarks
from secondhalf.analysis.facts import Arm, ArmComparison, Figure, Unit
from secondhalf.analysis.familiarity import before_training
from secondhalf.analysis.roles import deciding, role
from secondhalf.analysis.safety import SAFETY, compared, compared_name
from secondhalf.analysis.tables import RunTables, Scores
from secondhalf.analysis.training_seeds import training_seeds
from secondhalf.evaluate.benchmarks import BENCHMARKS, benchmark_figure
from secondhalf.evaluate.everyday.stage import SHARPNESS
from secondhalf.evaluate.invariance import moves_with
from secondhalf.evaluate.minimal_pairs.pairs import BY_KIND
from secondhalf.recipe import Recipe
from secondhalf.runs import Label

# The figures of merit and their units; what else is measured is a habit of the answers.
FIGURES: dict[str, Unit] = {
    "minimal_pairs": "share",
    "constraints": "share",
    "constraints_cut": "share",
    "checks": "share",
    "checks_cut": "share",
    "ranking": "share",
    "margin": "nats",
    "relevance": "nats",
}
LOWER_IS_BETTER = {
    *("next_turn", "repeats", "echo", "empty", "divergence"),
    *(f"{name}.no_answer" for name, row in BENCHMARKS.items() if row is BENCHMARKS["ifeval"]),
    *SAFETY[1:],
}


def arm_of(name: str, tables: RunTables, rates: Sequence[Figure] = ()) -> Arm:
    """What was measured of an arm. `rates`: figures that are no mean over prompts."""
    recipe, scores = tables.recipe, tables.scores[name]
    arm = recipe.arms[name]
    trained = tables.manifest(Label("train", arm=name, seed=arm.train.seeds[0])) if arm.trained else {}
    figures: dict[str, Figure] = {}
    for figure in scores[0]:
        [seeds] = both_have([seed.get(figure, {}) for seed in scores])
        if len(seeds[0]) < 2:
            continue
        interval = statistics.estimate(
            [[seed[key] for key in sorted(seed)] for seed in seeds], share=unit_of(figure) == "share"
        )
        figures[figure] = Figure(
            name=figure,
            unit=unit_of(figure),
            mean=interval.mean,
            low=interval.low,
            high=interval.high,
            prompts=interval.prompts,
            seeds=interval.seeds,
            contaminated=benchmarks.contaminated(figure, [name], tables),
        )
    merits = [*_merits(recipe), *_tasks(scores)]
    figures |= {figure.name: figure for figure in rates}
    return Arm(
        name=name,
        role=role(name, recipe),
        student=recipe.students[arm.student].partition("#")[0],
        template=arm.train.template.name,
        seeds=arm.train.seeds if arm.trained else [],
        pairs=trained.get("rows", 0),
        supervised_tokens=trained.get("supervised_tokens", 0),
        **before_training(name, tables),
        **_preferred(name, tables),
        figures=[figures[name] for name in merits if name in figures],
        errors=[figures[name] for name in SAFETY if name in figures],
        probes=[figure for name, figure in figures.items() if name not in {*merits, *SAFETY, BY_KIND}],
    )


def comparisons(tables: RunTables, figures: Sequence[str] = ()) -> list[ArmComparison]:
    """Every comparison on these figures (on those of merit); the primary figure first, and against a trained control before
    the untouched."""
    recipe, scores = tables.recipe, tables.scores
    pairs = [(arm, other) for arm in recipe.arms for other in recipe.compared_with(arm)]
    pairs.sort(key=lambda pair: deciding(pair, recipe))
    tasks = _tasks(next(iter(scores.values()), []))
    order = sorted(
        figures or [*_merits(recipe), *tasks, "stops", "repeats", "language_kept"],
        key=lambda figure: figure != recipe.evaluate.primary,
    )
    rows = []
    for figure in order:
        for arm, other in pairs:
            if figure not in scores[arm][0] or figure not in scores[other][0]:
                continue
            # A figure that only readable answers have may be missing from a seed altogether.
            mine, theirs = both_have(*([seed.get(figure, {}) for seed in scores[name]] for name in (arm, other)))
            if len(mine[0]) < 2:
                continue
            result = compared(figure, mine, theirs, training_seeds(arm, other, recipe))
            rows.append(
                ArmComparison.of(
                    arm,
                    other,
                    compared_name(figure),
                    result,
                    unit=unit_of(figure),
                    higher_is_better=figure not in LOWER_IS_BETTER,
                    contaminated=benchmarks.contaminated(figure, [arm, other], tables),
                    # What an arm gets wrong is a warning, and no claim of a gain.
                    moves_with=[] if figure in SAFETY else list(moves_with(figure)),
                )
            )
    return rows if figures else corrected(rows, recipe.evaluate.primary)


def corrected(rows: list[ArmComparison], primary: str) -> list[ArmComparison]:
    """The comparisons with p corrected for their number (Holm), but for the one that decides: the first on the primary figure."""
    alone = 1 if rows and rows[0].figure == primary else 0
    ps = statistics.holm([row.p for row in rows[alone:]])
    rest = [
        row.model_copy(update={"p": p, "noise": row.noise or p >= 0.05})
        for row, p in zip(rows[alone:], ps, strict=True)
    ]
    return [*rows[:alone], *rest]


def has_gaps(figure: str) -> bool:
    """Whether a prompt may have no score because its answer, or a judge's words on it, could not be read."""
    row = benchmark_figure(figure)
    return row.has_gaps if row else figure.startswith("safety.refused_")


def both_have(*arms: list[dict[str, float]]) -> list[list[dict[str, float]]]:
    """The prompts that every seed of every arm has a score for; see `has_gaps`."""
    ids = set.intersection(*(set(scores) for arm in arms for scores in arm))
    return [[{id: scores[id] for id in ids} for scores in arm] for arm in arms]


def unit_of(figure: str) -> Unit:
    """In what a figure is counted."""
    row = benchmark_figure(figure)
    return row.unit if row else "nats" if figure in SHARPNESS else FIGURES.get(figure, "share")


def _preferred(name: str, tables: RunTables) -> dict[str, Any]:
    """Of an arm that was trained on preferences: its held-out margin, where enough were held out, and how many were people's."""
    arm = tables.recipe.arms[name]
    if not arm.prefer:
        return {}
    counts = tables.manifest(Label("prefer", arm=name, seed=arm.train.seeds[0]))
    people = counts["rows"] - counts["held_out"] if arm.prefer.people else 0
    if "held_out_margin" not in counts:
        return {"people": people}
    mean, low, high = counts["held_out_margin"]
    margin = Figure(name="held_out_margin", unit="nats", mean=mean, low=low, high=high, prompts=counts["held_out"])
    return {"people": people, "preference": margin}


def _tasks(scores: list[Scores]) -> list[str]:
    """The figures of lm-eval's tasks: their names come from the tasks."""
    return sorted(figure for figure in (scores[0] if scores else {}) if figure.startswith("leaderboard."))


def _merits(recipe: Recipe) -> list[str]:
    return [*FIGURES, *benchmarks.names(recipe)]
