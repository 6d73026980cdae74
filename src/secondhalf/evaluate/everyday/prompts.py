"""Our own everyday instructions in English and Japanese, with checks that code can decide and one good answer each.

Knows: prompts.jsonl beside this file. Refuses: a row without a field, or an id that occurs twice.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from secondhalf.errors import UserError

EVERYDAY_VERSION = 2  # raised by hand when a prompt or a check changes


@dataclass(frozen=True, slots=True)
class EverydayPrompt:
    """One instruction.

    `language` is the one the answer is asked in (a Japanese prompt that wants English is "en"): answers and responses
    are compared within it. `good` passes every check; `bad` is plausible but fails the check of the kind `failing`.
    """

    id: str
    language: str
    category: str
    text: str
    checks: tuple[dict[str, Any], ...]
    good: str
    bad: str = ""
    failing: str = ""


def load_everyday() -> list[EverydayPrompt]:
    """All prompts, ordered by id."""
    lines = files(__package__).joinpath("prompts.jsonl").read_text(encoding="utf-8").split("\n")
    return parse_everyday(lines, "prompts.jsonl")


def parse_everyday(lines: list[str], name: str) -> list[EverydayPrompt]:
    """Prompts from JSON lines (blank lines are skipped), ordered by id. Raises UserError that names the line."""
    prompts = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            checks = tuple(dict(check) for check in row.pop("checks"))
            prompts.append(EverydayPrompt(text=row.pop("prompt"), checks=checks, **row))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            wanted = "id, language, category, prompt, checks and good"
            raise UserError(f"{name}, line {number}: {error}; write a JSON object with {wanted}.") from error
    repeated = sorted(id for id, times in Counter(prompt.id for prompt in prompts).items() if times > 1)
    if repeated:
        raise UserError(f"{name}: the id {repeated[0]} occurs more than once; give every prompt its own.")
    return sorted(prompts, key=lambda prompt: prompt.id)


def everyday_part(prompts: list[EverydayPrompt], name: Literal["choose", "locked"]) -> list[EverydayPrompt]:
    """The prompts on which settings may be chosen, or those that only claims are made on.

    Decided by the id's hash alone, so adding prompts moves none to the other part.
    """
    if name not in ("choose", "locked"):
        raise UserError(f"There is no part {name!r} of the everyday prompts; write choose or locked.")
    return [prompt for prompt in prompts if ("choose", "locked")[_hash_byte(prompt.id) % 2] == name]


def _hash_byte(id: str) -> int:
    return hashlib.sha256(id.encode("utf-8")).digest()[0]
