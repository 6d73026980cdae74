"""What the page tells of a run's benchmarks: their scores, and how much of each was met in the training pairs."""

from secondhalf.recipe import Recipe
from secondhalf.report.facts import is_benchmark
from secondhalf.store import Stage

_CHECKED = ("strict", "loose", "instruction_strict", "instruction_loose")
FIGURES = {
    **dict.fromkeys(("ifeval", "ifeval_ja", "ifbench"), _CHECKED),
    "arena_hard": ("win", "settled", "rated", "styled"),
    "alpaca_eval": ("win", "controlled"),
    "own": ("judged", "checks", "reference", "exact"),
    "mt_bench": ("score", "turn_1", "turn_2"),
}
"""The figures of each benchmark, the one it is known by first."""


def names(recipe: Recipe) -> list[str]:
    """The figures of all benchmarks, as BENCHMARK.FIGURE."""
    return [
        f"{benchmark.name}.{figure}" for benchmark in recipe.evaluate.benchmarks for figure in FIGURES[benchmark.name]
    ]


def firsts(recipe: Recipe) -> list[str]:
    """The figures that each benchmark is known by: your own prompts have as many as ways to be scored."""
    counts = {"own": 3}
    return [
        f"{benchmark.name}.{figure}"
        for benchmark in recipe.evaluate.benchmarks
        for figure in FIGURES[benchmark.name][: counts.get(benchmark.name, 1)]
    ]


def labels(evaluated: str, recipe: Recipe) -> list[str]:
    """The benchmark stages beside an evaluate stage: evaluate:ARM[:SEED] gives benchmark:NAME:ARM[:SEED]."""
    rest = evaluated.partition(":")[2]
    return [f"benchmark:{benchmark.name}:{rest}" for benchmark in recipe.evaluate.benchmarks]


def met(figure: str, arms: list[str], recipe: Recipe, stages: dict[str, Stage]) -> int | None:
    """How many of a benchmark's prompts were met in the pairs of any of these arms; None where it is no benchmark's."""
    if not is_benchmark(figure):
        return None
    benchmark = figure.partition(".")[0]
    found: set[str] = set()
    for data in {data for arm in arms for data in recipe.data_of(arm)}:
        verdicts = stages[f"met:{benchmark}:{data}"].read().to_pylist()
        found |= {verdict["id"] for verdict in verdicts if not verdict["passed"]}
    return len(found)
