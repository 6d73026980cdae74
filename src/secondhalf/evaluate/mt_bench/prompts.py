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
    by_id: dict[str, MTBenchQuestion] = {}
    sources: dict[str, str] = {}
    for source, row in json_lines.read(questions, "evaluate.benchmarks.path"):
        prompt = _question(row, source)
        json_lines.check_unique(sources, prompt.id, "question_id", source)
        by_id[prompt.id] = prompt
    answers = _references(references)
    if not files.as_published:
        answers |= {id: turns for id, turns in corrected_references().items() if id in answers}
    for prompt in by_id.values():
        if prompt.category in REFERENCED and prompt.id not in answers:
            raise UserError(
                f"{references} has no answer to question {prompt.id} ({prompt.category}), which its judge must be shown: add one."
            )
    return [
        replace(prompt, reference=answers[prompt.id] if prompt.category in REFERENCED else None)
        for prompt in by_id.values()
    ]


def question_parts(question: MTBenchQuestion) -> dict[str, str]:
    """Its texts that no training pair may hold: both turns by themselves, and the reference answers."""
    texts = {f"turn {number}": text for number, text in enumerate(question.turns, 1)}
    return texts | {f"answer {number}": text for number, text in enumerate(question.reference or (), 1)}


def _question(row: dict[str, Any], source: str) -> MTBenchQuestion:
    id = json_lines.key(row, "question_id", source)
    category = json_lines.text(row, "category", source)
    if category not in CATEGORIES:
        raise UserError(
            f"{source}: category is {describe_value(row, 'category')}; write one of {', '.join(CATEGORIES)}."
        )
    return MTBenchQuestion(id, category, _two(row.get("turns"), row, "turns", source))


def _references(path: Path) -> dict[str, tuple[str, str]]:
    by_id: dict[str, tuple[str, str]] = {}
    sources: dict[str, str] = {}
    for source, row in json_lines.read(path, "evaluate.benchmarks.references"):
        id = json_lines.key(row, "question_id", source)
        json_lines.check_unique(sources, id, "question_id", source)
        choices = row.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(first, dict):
            raise UserError(
                f'{source}: choices is {describe_value(row, "choices")}; write [{{"turns": [TEXT, TEXT]}}].'
            )
        by_id[id] = _two(first.get("turns"), first, "turns", f"{source}, choices[0]")
    return by_id


def _two(turns: Any, row: dict[str, Any], field: str, source: str) -> tuple[str, str]:
    if not isinstance(turns, list) or len(turns) != 2 or not all(isinstance(t, str) and t.strip() for t in turns):
        raise UserError(f"{source}: {field} is {describe_value(row, field)}; write a list of two texts.")
    return turns[0], turns[1]
