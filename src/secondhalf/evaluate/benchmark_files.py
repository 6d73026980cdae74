"""A benchmark's prompts and a baseline's answers, from the files that the recipe names.

A limit takes the first prompts by a hash of their id.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.alpaca_eval.difficulty import InstructionDifficulty, load_difficulty
from secondhalf.evaluate.answers_file import load_answers
from secondhalf.evaluate.benchmark import BenchmarkFiles
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.models.reference import resolve
from secondhalf.rows import digest


@lru_cache(maxsize=8)
def load_benchmark(settings: BenchmarkSettings) -> tuple[list[Any], str]:
    """The benchmark's prompts (each with `id` and `text`), in the file's order, and the hash of all that they are made of.

    Everything in them is known to be scorable, `check_checks` aside. Raises UserError for a bad file.
    """
    row = BENCHMARKS[settings.name]
    path, identity = _file(settings.path, "path")
    references = None
    if row.references:
        references, references_identity = _file(settings.references, "references")
        identity = f"{identity} {references_identity} {'published' if settings.as_published else row.prompts_version}"
    prompts = row.load(BenchmarkFiles(path, references, settings.as_published))
    if row.verify:
        row.verify(prompts)
    chosen = {prompt.id for prompt in sorted(prompts, key=lambda prompt: digest(prompt.id))[: settings.limit]}
    return [prompt for prompt in prompts if prompt.id in chosen], identity


def load_baseline(settings: BenchmarkSettings) -> tuple[dict[str, str], str]:
    """The answers in the file that each arm's are compared with, by the prompt's id, and the file's hash."""
    prompts, identity = load_benchmark(settings)
    if not settings.baseline:  # AlpacaEval's own file has its reference model's outputs
        return {prompt.id: prompt.output for prompt in prompts}, identity
    path, identity = _file(settings.baseline, "baseline")
    return load_answers(path, prompts), identity


def load_difficulties(settings: BenchmarkSettings) -> tuple[InstructionDifficulty, str]:
    """How difficult the instructions are, by the file that the recipe names, and its hash. Raises UserError for a bad file."""
    path, identity = _file(settings.difficulty, "difficulty")
    every_prompt, _ = load_benchmark(settings.model_copy(update={"limit": None}))
    return load_difficulty(path, every_prompt), identity


def check_rubrics(settings: BenchmarkSettings, judges: int) -> None:
    """Raises UserError for a prompt with a rubric where no judge is named, before anything is generated."""
    if BENCHMARKS[settings.name].judged != "rubrics" or judges:
        return
    for prompt in load_benchmark(settings)[0]:
        if prompt.rubric and not prompt.people:
            raise UserError(
                f"{settings.name}: {prompt.id} has a rubric, which needs a judge: name one in evaluate.judging.judges, or have "
                "people judge it (people: true)."
            )


def check_checks(settings: BenchmarkSettings, functions: Mapping[str, str]) -> None:
    """Raises UserError for a prompt's check that is none; `functions`: the kinds that are users' own, with their paths."""
    verify = BENCHMARKS[settings.name].verify_checks
    if verify:
        verify(load_benchmark(settings)[0], functions)


def _file(reference: str, field: str) -> tuple[Path, str]:
    model = resolve(reference)
    if not model.path.is_file():
        raise UserError(f"{reference} is a folder: evaluate.benchmarks.{field} names one file.")
    return model.path, model.identity
