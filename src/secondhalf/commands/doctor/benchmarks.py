"""Whether a recipe's benchmarks are there, and how much they ask."""

from collections.abc import Sequence

from secondhalf.commands.doctor.finding import Finding
from secondhalf.errors import UserError
from secondhalf.evaluate.benchmark_files import check_checks, load_benchmark, load_difficulties
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.recipe import Recipe


def benchmarks(recipe: Recipe) -> list[Finding]:
    """Every benchmark's file."""
    findings = []
    for benchmark in recipe.evaluate.benchmarks:
        what = f"benchmark {benchmark.name}"
        if benchmark.path.startswith("hf:"):
            findings.append(Finding(what, f"{benchmark.path}: fetched from the hub when it is run", True))
            continue
        try:
            check_checks(benchmark, recipe.evaluate.own.checks)
            if benchmark.difficulty and not benchmark.difficulty.startswith("hf:"):
                load_difficulties(benchmark)
            findings.append(Finding(what, _prompt_counts(benchmark, load_benchmark(benchmark)[0]), True))
        except UserError as error:
            findings.append(Finding(what, str(error), False))
    return findings


def _prompt_counts(benchmark: BenchmarkSettings, prompts: Sequence[object]) -> str:
    """How much is asked; both turns, or both orders, are two questions to a judge."""
    rubrics = sum(bool(getattr(prompt, "rubric", "")) for prompt in prompts)
    judged = 2 * len(prompts) if benchmark.row.judged == "always" else rubrics
    return f"{len(prompts)} prompts" + (
        f", {judged} questions to each judge for each model that answers" if judged else ""
    )
