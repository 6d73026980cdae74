"""AlpacaEval's instructions with the reference model's outputs, from a file of the published form: none are part of this package.

A row: instruction and output, perhaps dataset; JSON lines, or one JSON list. An instruction's id is the hash of its text.
"""

from dataclasses import dataclass
from pathlib import Path

from secondhalf.rows import digest
from secondhalf.text import json_lines


@dataclass(frozen=True, slots=True)
class AlpacaEvalInstruction:
    """One instruction, and the baseline's output."""

    id: str
    text: str
    output: str
    category: str


def load_alpaca_eval(path: Path) -> list[AlpacaEvalInstruction]:
    """The instructions, in the file's order. Raises UserError naming file, line and field."""
    sources: dict[str, str] = {}
    prompts = []
    for source, row in json_lines.read(path, "evaluate.benchmarks.path"):
        text = json_lines.text(row, "instruction", source)
        prompt = AlpacaEvalInstruction(
            digest(text, size=16), text, json_lines.text(row, "output", source), str(row.get("dataset") or "")
        )
        json_lines.check_unique(sources, prompt.id, "instruction", source)
        prompts.append(prompt)
    return prompts
