"""What the page tells of a run's benchmarks: their scores, and how much of each was met in the training pairs."""

from secondhalf.analysis.facts import is_benchmark
from secondhalf.analysis.tables import RunTables
from secondhalf.recipe import Recipe
from secondhalf.runs import Label


def names(recipe: Recipe) -> list[str]:
    """The figures of all benchmarks, as BENCHMARK.FIGURE."""
    return [f"{one.name}.{figure.name}" for one in recipe.evaluate.benchmarks for figure in one.row.figures]


def firsts(recipe: Recipe) -> list[str]:
    """The figures that each benchmark is known by: your own prompts have as many as ways to be scored."""
    return [
        f"{one.name}.{figure.name}" for one in recipe.evaluate.benchmarks for figure in one.row.figures if figure.leads
    ]


def contaminated(figure: str, arms: list[str], tables: RunTables) -> int | None:
    """How many of a benchmark's prompts were met in the pairs of any of these arms; None where it is no benchmark's."""
    if not is_benchmark(figure):
        return None
    benchmark = figure.partition(".")[0]
    ids: set[str] = set()
    for data in {data for arm in arms for data in tables.recipe.data_of(arm)}:
        verdicts = tables.rows(Label("contamination", benchmark=benchmark, data=data))
        ids |= {verdict["id"] for verdict in verdicts if not verdict["passed"]}
    return len(ids)
