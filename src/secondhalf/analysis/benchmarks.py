"""What the page tells of a run's benchmarks: their scores, and how much of each was met in the training pairs."""

from dataclasses import replace

from secondhalf.analysis.facts import is_benchmark
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
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
_OTHERS = {
    "en": "Standard benchmarks other than those shown.",
    "ja": "ここに示した以外の標準ベンチマーク。",
}
_UNREAD = {
    "en": "Whether answers are true, helpful or harmless: judges have graded some of them, and no person has read them.",
    "ja": "回答が正しいか、役に立つか、無害か（一部を審査モデルが採点したのみで、人による確認は行っていません）。",
}


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


def unchecked(sentences: list[str], recipe: Recipe) -> list[str]:
    """What was not checked: where benchmarks were asked, only the others are missing."""
    language, told = recipe.report.language, list(sentences)
    if recipe.evaluate.benchmarks:
        told = [_OTHERS[language] if "MT-Bench" in sentence else sentence for sentence in told]
    if recipe.evaluate.judging.judges:
        told[0] = _UNREAD[language]
    return told
