"""IFEval's prompts from a file of the published form (M-IFEval's and IFBench's too): none are part of this package.

A row: key (the id), prompt, instruction_id_list, and kwargs, one object for each instruction. The hub's copy writes
every argument of every instruction with null for those that are not meant: nulls are left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.text import json_lines
from secondhalf.text.json_lines import describe_value


@dataclass(frozen=True, slots=True)
class IFEvalPrompt:
    """One prompt with its instructions, their arguments in the same order. `source` is FILE, line N."""

    id: str
    text: str
    instructions: tuple[str, ...]
    arguments: tuple[dict[str, Any], ...]
    source: str = ""


def load_ifeval(path: Path, field: str = "evaluate.benchmarks.path") -> list[IFEvalPrompt]:
    """The prompts of a file, in its order. Raises UserError that names file, line and field, and `field` for the file."""
    sources: dict[str, str] = {}
    prompts = []
    for source, row in json_lines.read(path, field):
        prompt = _prompt(row, source)
        json_lines.check_unique(sources, prompt.id, "key", source)
        prompts.append(prompt)
    return prompts


def _prompt(row: dict[str, Any], source: str) -> IFEvalPrompt:
    key = json_lines.key(row, "key", source)
    text = json_lines.text(row, "prompt", source)
    ids = row.get("instruction_id_list")
    if not isinstance(ids, list) or not ids or not all(isinstance(id, str) for id in ids):
        raise UserError(
            f"{source}: instruction_id_list is {describe_value(row, 'instruction_id_list')}; write a list of ids."
        )
    arguments = row.get("kwargs")
    if not isinstance(arguments, list) or not all(isinstance(kwargs, dict) for kwargs in arguments):
        raise UserError(f"{source}: kwargs is {describe_value(row, 'kwargs')}; write a list of objects.")
    if len(arguments) != len(ids):
        raise UserError(
            f"{source}: kwargs has {len(arguments)} objects for {len(ids)} instructions; write one for each."
        )
    meant = tuple({name: _whole(value) for name, value in kwargs.items() if value is not None} for kwargs in arguments)
    return IFEvalPrompt(key, text, tuple(ids), meant, source)


def _whole(value: Any) -> Any:
    """7.0 as 7: a copy that went through a table with nulls has floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
