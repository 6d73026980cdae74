"""IFEval's prompts from a file of the published form (M-IFEval's and IFBench's too): none are part of this package.

A row: key (the id), prompt, instruction_id_list, and kwargs, one object for each instruction. The hub's copy writes
every argument of every instruction with null for those that are not meant: nulls are left out.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt with its instructions, their arguments in the same order. `place` is FILE, line N."""

    id: str
    text: str
    instructions: tuple[str, ...]
    arguments: tuple[dict[str, Any], ...]
    place: str = ""


def load(path: Path) -> list[Prompt]:
    """The prompts of a file, in its order. Raises UserError that names file, line and field."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): correct evaluate.benchmarks.path.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error
    return parse(lines, str(path))


def parse(lines: list[str], name: str) -> list[Prompt]:
    """Prompts from JSON lines (blank lines are skipped). Raises UserError that names line and field."""
    prompts: dict[str, Prompt] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            prompt = _prompt(line, f"{name}, line {number}")
            if prompt.id in prompts:
                first = prompts[prompt.id].place.rpartition(" ")[2]
                raise UserError(
                    f"{prompt.place}: the key {prompt.id} was used in line {first}; give every row its own."
                )
            prompts[prompt.id] = prompt
    if not prompts:
        raise UserError(f"{name} holds no prompts: write a JSON object a line.")
    return list(prompts.values())


def _prompt(line: str, place: str) -> Prompt:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{place} is no JSON ({error}): write a JSON object a line.") from error
    if not isinstance(row, dict):
        raise UserError(f"{place} is no JSON object: write one with key, prompt, instruction_id_list and kwargs.")
    key = row.get("key")
    if isinstance(key, bool) or not isinstance(key, int | str) or not str(key).strip():
        raise UserError(f"{place}: key is {_told(row, 'key')}; write a number or a text of its own.")
    text = row.get("prompt")
    if not isinstance(text, str) or not text.strip():
        raise UserError(f"{place}: prompt is {_told(row, 'prompt')}; write the text that is asked.")
    ids = row.get("instruction_id_list")
    if not isinstance(ids, list) or not ids or not all(isinstance(id, str) for id in ids):
        raise UserError(f"{place}: instruction_id_list is {_told(row, 'instruction_id_list')}; write a list of ids.")
    arguments = row.get("kwargs")
    if not isinstance(arguments, list) or not all(isinstance(one, dict) for one in arguments):
        raise UserError(f"{place}: kwargs is {_told(row, 'kwargs')}; write a list of objects.")
    if len(arguments) != len(ids):
        raise UserError(
            f"{place}: kwargs has {len(arguments)} objects for {len(ids)} instructions; write one for each."
        )
    meant = tuple({name: _whole(value) for name, value in one.items() if value is not None} for one in arguments)
    return Prompt(str(key), text, tuple(ids), meant, place)


def _whole(value: Any) -> Any:
    """7.0 as 7: a copy that went through a table with nulls has floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _told(row: dict[str, Any], field: str) -> str:
    return f"{row[field]!r}"[:60] if field in row else "missing"
