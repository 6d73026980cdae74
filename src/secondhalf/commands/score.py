"""Scores a file of responses by itself, whichever model wrote them: `secondhalf score PROMPTS RESPONSES`.

A row of RESPONSES holds `response`, and `key` or `prompt` to say whose it is. A response of null, which published files
have where a model gave none, follows nothing.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt, load_ifeval
from secondhalf.evaluate.ifeval.score import InstructionVerdict, accuracies, check_response, verify_instructions
from secondhalf.output import print_result
from secondhalf.text import json_lines
from secondhalf.text.table import format_table

_NAMES = {
    "prompt_strict": "prompts, strict",
    "prompt_loose": "prompts, loose",
    "instruction_strict": "instructions, strict",
    "instruction_loose": "instructions, loose",
}


def main(options: argparse.Namespace) -> None:
    """Prints the accuracies of a file of responses."""
    text = summary(score(options.prompts, options.responses), as_json=options.json)
    print_result(text, as_json=options.json)


def score(prompts: Path, responses: Path) -> dict[str, list[InstructionVerdict]]:
    """The verdicts of every prompt, by its key. Raises UserError for a bad file, and where responses and prompts differ."""
    loaded_prompts = load_ifeval(prompts, "PROMPTS, the first of the two files")
    verify_instructions(loaded_prompts)
    given = _read(responses, loaded_prompts)
    missing = [prompt.id for prompt in loaded_prompts if prompt.id not in given]
    if missing:
        raise UserError(f"{responses} has no response for {len(missing)} prompts (the first has the key {missing[0]}).")
    return {prompt.id: check_response(prompt, given[prompt.id]) for prompt in loaded_prompts}


def summary(judged: Mapping[str, Sequence[InstructionVerdict]], *, as_json: bool) -> str:
    """The four accuracies, and for each instruction how many answers followed it."""
    accuracy = accuracies(judged.values())
    counts: dict[str, list[int]] = {}
    for one in (one for followed in judged.values() for one in followed):
        total = counts.setdefault(one.instruction, [0, 0, 0])
        for column, value in enumerate((1, one.strict, one.loose)):
            total[column] += value
    if as_json:
        each = {key: [one._asdict() for one in followed] for key, followed in judged.items()}
        return json.dumps({"prompts": len(judged), **accuracy, "verdicts": each}, ensure_ascii=False)
    rows = [[name, f"{accuracy[key]:.4f}"] for key, name in _NAMES.items()]
    by_id = [[id, *map(str, total)] for id, total in sorted(counts.items())]
    accuracy_table = format_table(rows, [f"{len(judged)} prompts", ""])
    return f"{accuracy_table}\n\n{format_table(by_id, ['instruction', 'asked', 'strict', 'loose'])}"


def _read(path: Path, prompts: Sequence[IFEvalPrompt]) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a JSONL file of responses.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error
    keys = {prompt.id for prompt in prompts}
    by_text = {prompt.text: prompt.id for prompt in prompts}
    given: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        row = _object(line, where)
        key = str(row["key"]) if "key" in row else by_text.get(str(row.get("prompt")), "")
        if key not in keys:
            raise UserError(f"{where}: neither its key nor its prompt is one of the prompts'; write key or prompt.")
        response = row.get("response", 0)  # a row without the field is a mistake, unlike null
        if not isinstance(response, str | None):
            raise UserError(f"{where}: response is no text; write the model's answer, or null where it gave none.")
        if key in given:
            raise UserError(f"{where}: the prompt {key} has a response already; keep one of them.")
        given[key] = response or ""
    return given


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json_lines.decode(line)
    except ValueError as error:
        raise UserError(f"{where} is no JSON ({error}): write a JSON object a line.") from error
    if not isinstance(row, dict):
        raise UserError(f"{where} is no JSON object: write one with response, and key or prompt.")
    return row
