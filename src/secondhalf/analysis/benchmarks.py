"""What the page tells of a run's benchmarks: their scores, and how much of each was met in the training pairs."""

from dataclasses import replace

from secondhalf.analysis.facts import is_benchmark
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.store import Stage


def names(recipe: Recipe) -> list[str]:
    """The figures of all benchmarks, as BENCHMARK.FIGURE."""
    return [f"{one.name}.{figure.name}" for one in recipe.evaluate.benchmarks for figure in one.row.figures]


def firsts(recipe: Recipe) -> list[str]:
    """The figures that each benchmark is known by: your own prompts have as many as ways to be scored."""
    return [
        f"{one.name}.{figure.name}" for one in recipe.evaluate.benchmarks for figure in one.row.figures if figure.leads
    ]


def labels(evaluated: Label, recipe: Recipe) -> list[Label]:
    """The benchmark stages beside an evaluate stage."""
    return [replace(evaluated, stage="benchmark", benchmark=benchmark.name) for benchmark in recipe.evaluate.benchmarks]


def met(figure: str, arms: list[str], recipe: Recipe, stages: dict[Label, Stage]) -> int | None:
    """How many of a benchmark's prompts were met in the pairs of any of these arms; None where it is no benchmark's."""
    if not is_benchmark(figure):
        return None
    benchmark = figure.partition(".")[0]
    found: set[str] = set()
    for data in {data for arm in arms for data in recipe.data_of(arm)}:
        verdicts = stages[Label("met", benchmark=benchmark, data=data)].read().to_pylist()
        found |= {verdict["id"] for verdict in verdicts if not verdict["passed"]}
    return len(found)
