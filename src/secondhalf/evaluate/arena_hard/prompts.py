"""Arena-Hard's questions from a file of the published form (arXiv 2406.11939): none are part of this package.

A row: question_id or uid; turns[0].content or prompt; cluster, the topic that the question was drawn from.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.text import json_lines


@dataclass(frozen=True, slots=True)
class ArenaHardQuestion:
    """One question of one turn."""

    id: str
    text: str
    category: str


def load_arena_hard(path: Path) -> list[ArenaHardQuestion]:
    """The questions, in the file's order. Raises UserError naming file, line and field."""
    sources: dict[str, str] = {}
    prompts = []
    for source, row in json_lines.read(path, "evaluate.benchmarks.path"):
        field = "question_id" if "question_id" in row else "uid"
        id = json_lines.key(row, field, source)
        json_lines.check_unique(sources, id, field, source)
        prompts.append(ArenaHardQuestion(id, _text(row, source), str(row.get("cluster") or row.get("category") or "")))
    return prompts


def _text(row: dict[str, Any], source: str) -> str:
    if "turns" not in row:
        return json_lines.text(row, "prompt", source)
    turns = row["turns"]
    if not isinstance(turns, list) or len(turns) != 1 or not isinstance(turns[0], dict):
        raise UserError(
            f'{source}: turns is {json_lines.describe_value(row, "turns")}; write one turn, [{{"content": TEXT}}].'
        )
    return json_lines.text(turns[0], "content", f"{source}, turns[0]")
