"""What a benchmark is: one row of facts, and the functions of its folder that load and score it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from secondhalf.evaluate.judge.judges import Judges
from secondhalf.store import Stage


@dataclass(frozen=True)
class BenchmarkFigure:
    """A figure of a benchmark, called BENCHMARK.NAME on the page and in the tables."""

    name: str
    unit: Literal["share", "points"] = "share"
    has_gaps: bool = False
    """A prompt may have no value, since its answer or a judge's reply could not be read."""
    leads: bool = False
    """One that the benchmark is known by: it is also shown by category and by language."""


@dataclass(frozen=True)
class BenchmarkFiles:
    """The files that a recipe names for a benchmark."""

    prompts: Path
    references: Path | None = None
    as_published: bool = False
    """Take the published references even where they are known to be wrong."""


@dataclass(frozen=True)
class ScoringInputs:
    """What one model's answers to a benchmark are scored by."""

    benchmark: str
    prompts: Sequence[Any]
    answers: Stage
    judges: Judges
    baseline: Mapping[str, str] = field(default_factory=dict)
    """The answers to compare with, by the prompt's id; empty where nothing is compared."""
    title: str = ""
    """For the progress bar."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """The kinds of checks that are users' functions, and their paths: kind -> my_module:function."""
    difficulty: Any = None
    """alpaca_eval: an InstructionDifficulty; None where the recipe names no file of it."""


@dataclass(frozen=True)
class Benchmark:
    """One row of BENCHMARKS."""

    load: Callable[[BenchmarkFiles], list[Any]]
    """The prompts, each with `id` and `text`, in the file's order. Raises UserError for a bad file."""
    score: Callable[[ScoringInputs, Stage], dict[str, Any]]
    """Writes the part- table of Scores, BENCHMARK.NAME by prompt, and what else belongs to them; returns the manifest's facts."""
    version: tuple[int, ...]
    """Raised by hand when equal answers get other scores."""
    figures: tuple[BenchmarkFigure, ...]
    evaluated: Callable[[Any], dict[str, str]] = lambda prompt: {"prompt": prompt.text}
    """A prompt's texts that no training pair may hold, by part: its turns, and its good answers as "answer" and what follows."""
    verify: Callable[[list[Any]], None] | None = None
    """Raises UserError for a prompt that could not be scored, before anything is generated."""
    verify_checks: Callable[[list[Any], Mapping[str, str]], None] | None = None
    """Of a benchmark whose prompts bring their checks: as `verify`, given the kinds that are users' functions."""
    longest: int = 1280
    """The longest answer that the benchmark allows, in the student's tokens."""
    judged: Literal["never", "rubrics", "always"] = "never"
    """Whether code scores it, as published; or judges: those prompts that have a `rubric`, or all."""
    prompts_version: int = 1
    """Raised by hand when what `load` makes of the same files changes."""
    temperature: Callable[[Any], float] | None = None
    """Of a benchmark of two turns: the temperature at which a prompt is answered, whatever the recipe says."""
    references: bool = False
    """It needs a file of reference answers."""
    difficulty: bool = False
    """A file may say how difficult its prompts are."""
    baseline: Literal["none", "in_file", "named"] = "none"
    """Whose answers an arm's are compared with: nobody's, those in the prompts' own file unless others are named, or those
    that the recipe names."""

    @property
    def turns(self) -> int:
        """How many user's turns a prompt has, 1 or 2."""
        return 1 if self.temperature is None else 2
