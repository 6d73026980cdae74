"""What a benchmark asks: its prompts, from the files that the recipe names. A limit takes the first by a hash of their id."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.alpaca_eval.prompts import load_alpaca_eval
from secondhalf.evaluate.answers_file import load_answers
from secondhalf.evaluate.arena_hard.prompts import load_arena_hard
from secondhalf.evaluate.ifeval.prompts import load_ifeval
from secondhalf.evaluate.ifeval.score import verify
from secondhalf.evaluate.mt_bench.prompts import MT_BENCH_VERSION, load_mt_bench
from secondhalf.evaluate.own.prompts import load_own
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.models.reference import resolve
from secondhalf.rows import digest


@lru_cache(maxsize=8)
def asked(settings: BenchmarkSettings) -> tuple[list[Any], str]:
    """The benchmark's prompts (each with `id` and `text`), in the file's order, and the hash of all its files.

    Everything in them is known to be scorable. Raises UserError for a bad file.
    """
    path, identity = _file(settings.path, "path")
    prompts: list[Any]
    if settings.name == "own":
        prompts = list(load_own(path))
    elif settings.name == "alpaca_eval":
        prompts = list(load_alpaca_eval(path))
    elif settings.name == "arena_hard":
        prompts = list(load_arena_hard(path))
    elif settings.name == "mt_bench":
        references, theirs = _file(settings.references, "references")
        identity = f"{identity} {theirs} {'published' if settings.as_published else MT_BENCH_VERSION}"
        prompts = list(load_mt_bench(path, references, published=settings.as_published))
    else:
        prompts = list(load_ifeval(path))
        verify(prompts)
    chosen = {prompt.id for prompt in sorted(prompts, key=lambda prompt: digest(prompt.id))[: settings.limit]}
    return [prompt for prompt in prompts if prompt.id in chosen], identity


def baseline(settings: BenchmarkSettings) -> tuple[dict[str, str], str]:
    """The answers in the file that each arm's are compared with, by the prompt's id, and the file's hash."""
    if not settings.baseline:  # AlpacaEval's own file has its reference model's outputs
        prompts, identity = asked(settings)
        return {prompt.id: prompt.output for prompt in prompts}, identity
    path, identity = _file(settings.baseline, "baseline")
    return load_answers(path, asked(settings)[0]), identity


def _file(reference: str, field: str) -> tuple[Path, str]:
    found = resolve(reference)
    if not found.path.is_file():
        raise UserError(f"{reference} is a folder: evaluate.benchmarks.{field} names one file.")
    return found.path, found.identity
