"""MT-Bench's questions and reference answers, from files of the published form (arXiv 2306.05685): none are part of this package.

A question: question_id, category, and two turns. A reference (FastChat's model_answer form): question_id, choices[0].turns.
"""

import json
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.benchmark import BenchmarkFiles
from secondhalf.text import json_lines
from secondhalf.text.json_lines import describe_value

CATEGORIES = ("writing", "roleplay", "reasoning", "math", "coding", "extraction", "stem", "humanities")
REFERENCED = ("math", "reasoning", "coding")  # the judge is shown a reference answer


@dataclass(frozen=True, slots=True)
class MTBenchQuestion:
    """One question. `turns`: the user's two; `reference`: an answer to each, or none."""

    id: str
    category: str
    turns: tuple[str, str]
    reference: tuple[str, str] | None = None

    @property
    def text(self) -> str:
        """Both turns: what contamination is looked for in."""
        return "\n\n".join(self.turns)


REFERENCES_VERSION = 1  # raised by hand when a corrected reference changes


def corrected_references() -> dict[str, tuple[str, str]]:
    """Our own answers in place of the 13 published references that are known to be wrong (FastChat pull request 3158)."""
    lines = resources.files(__package__).joinpath("corrected.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return {str(row["question_id"]): (row["turns"][0], row["turns"][1]) for row in rows}


def load_mt_bench(files: BenchmarkFiles) -> list[MTBenchQuestion]:
    """The questions, in the file's order, with their references: the published ones as they are, or with the wrong ones
    corrected. Raises UserError naming file, line and field.
    """
    questions, references = files.prompts, files.references
    assert references is not None
    found: dict[str, MTBenchQuestion] = {}
    places: dict[str, str] = {}
    for place, row in json_lines.read(questions, "evaluate.benchmarks.path"):
        prompt = _question(row, place)
        json_lines.check_unique(places, prompt.id, "question_id", place)
        found[prompt.id] = prompt
    answers = _references(references)
    if not files.as_published:
        answers |= {id: turns for id, turns in corrected_references().items() if id in answers}
    for prompt in found.values():
        if prompt.category in REFERENCED and prompt.id not in answers:
            raise UserError(
                f"{references} has no answer to question {prompt.id} ({prompt.category}), which its judge must be shown: add one."
            )
    return [
        replace(prompt, reference=answers[prompt.id] if prompt.category in REFERENCED else None)
        for prompt in found.values()
    ]


def _question(row: dict[str, Any], place: str) -> MTBenchQuestion:
    id = json_lines.key(row, "question_id", place)
    category = json_lines.text(row, "category", place)
    if category not in CATEGORIES:
        raise UserError(f"{place}: category is {category!r}; write one of {', '.join(CATEGORIES)}.")
    return MTBenchQuestion(id, category, _two(row.get("turns"), row, "turns", place))


def _references(path: Path) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    places: dict[str, str] = {}
    for place, row in json_lines.read(path, "evaluate.benchmarks.references"):
        id = json_lines.key(row, "question_id", place)
        json_lines.check_unique(places, id, "question_id", place)
        choices = row.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, dict):
            raise UserError(f'{place}: choices is {describe_value(row, "choices")}; write [{{"turns": [TEXT, TEXT]}}].')
        found[id] = _two(first.get("turns"), first, "turns", f"{place}, choices[0]")
    return found


def _two(turns: Any, row: dict[str, Any], field: str, place: str) -> tuple[str, str]:
    if not isinstance(turns, list) or len(turns) != 2 or not all(isinstance(t, str) and t.strip() for t in turns):
        raise UserError(f"{place}: {field} is {describe_value(row, field)}; write a list of two texts.")
    return turns[0], turns[1]
