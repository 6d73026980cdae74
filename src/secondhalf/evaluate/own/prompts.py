"""Your own prompts: JSON lines with what a good answer is, in any of four ways.

    {"prompt": TEXT, "checks": [{"kind": "length", "unit": "words", "max": 50}, ...]}     as the everyday prompts
    {"prompt": TEXT, "reference": TEXT}                                                  a right answer
    {"prompt": TEXT, "rubric": TEXT}                                                     what a judge should look for
    {"prompt": TEXT, "people": true}                                                     people compare the answers, in a review

and with id, language (an ISO 639-1 code) and category where they are known. One row may have several of them; beside
`people` a rubric says what people should look for, and no judge is asked.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.text import json_lines
from secondhalf.text.json_lines import describe_value
from secondhalf.text.language import detect
from secondhalf.text.nearest import hint

_FIELDS = ("id", "prompt", "language", "category", "checks", "reference", "rubric", "people")


@dataclass(frozen=True, slots=True)
class OwnPrompt:
    """One prompt; `reference` and `rubric` are empty where there is none."""

    id: str
    text: str
    language: str
    category: str = ""
    checks: tuple[dict[str, Any], ...] = ()
    reference: str = ""
    rubric: str = ""
    people: bool = False


def load_own(path: Path) -> list[OwnPrompt]:
    """The prompts, in the file's order. Raises UserError naming line and field, and for a row without anything to score by."""
    sources: dict[str, str] = {}
    prompts = []
    for source, row in json_lines.read(path, "evaluate.benchmarks.path"):
        prompt = _prompt(row, source)
        json_lines.check_unique(sources, prompt.id, "id", source)
        prompts.append(prompt)
    return prompts


def _prompt(row: dict[str, Any], source: str) -> OwnPrompt:
    for name in row:
        if name not in _FIELDS:
            raise UserError(f"{source}: there is no field {name}{hint(name, _FIELDS)}")
    text = json_lines.text(row, "prompt", source)
    texts = {
        name: json_lines.text(row, name, source)
        for name in ("language", "category", "reference", "rubric")
        if name in row
    }
    checks = row.get("checks", [])
    if not isinstance(checks, list) or not all(isinstance(check, dict) for check in checks):
        raise UserError(
            f"{source}: checks is {describe_value(row, 'checks')}; write a list of objects, each with a kind."
        )
    people = row.get("people", False)
    if not isinstance(people, bool):
        raise UserError(f"{source}: people is {describe_value(row, 'people')}; write true or false.")
    if not checks and not people and not {"reference", "rubric"} & texts.keys():
        raise UserError(
            f"{source}: there is nothing to score by; write checks, a reference, a rubric, or people: true for a review."
        )
    return OwnPrompt(
        id=json_lines.key(row, "id", source) if "id" in row else digest(text, size=16),
        text=text,
        language=texts.pop("language", "") or detect(text)[0],
        checks=tuple(checks),
        people=people,
        **texts,
    )
