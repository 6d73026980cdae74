"""Another model's answers to a benchmark, to compare with: from the files that benchmarks' own tools write.

arena-hard-auto, FastChat   {"question_id" or "uid": ..., "choices": [{"turns": [{"content": TEXT}]}]} or "messages"
AlpacaEval                  {"instruction": PROMPT, "output": TEXT}, lines or one JSON list
anyone                      {"id": ..., "response" or "answer" or "text": TEXT}
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.prompt import Prompt
from secondhalf.text import json_lines

_KEYS, _TEXTS = ("question_id", "uid", "id", "key"), ("output", "response", "answer", "text")


def load_answers(path: Path, prompts: Iterable[Prompt]) -> dict[str, str]:
    """An answer for each prompt, by its id. Rows for other prompts are ignored.

    Raises UserError for a row that cannot be read, for two answers to one prompt, and for prompts without any.
    """
    asked = list(prompts)
    by_text = {prompt.text.strip(): prompt.id for prompt in asked}
    ids = {prompt.id for prompt in asked}
    found: dict[str, str] = {}
    places: dict[str, str] = {}
    for place, row in json_lines.read(path, "evaluate.benchmarks.baseline"):
        id = _id(row, by_text, place)
        if id not in ids:
            continue
        json_lines.check_unique(places, id, "answer to", place)
        found[id] = _answer(row, place)
    missing = [prompt.id for prompt in asked if prompt.id not in found]
    if missing:
        raise UserError(
            f"{path} has no answer to {len(missing)} of {len(asked)} prompts, such as {missing[0]}: name a file that has all."
        )
    return found


def _id(row: Mapping[str, Any], by_text: Mapping[str, str], place: str) -> str:
    prompt = row.get("instruction", row.get("prompt"))
    if isinstance(prompt, str) and prompt.strip() in by_text:
        return by_text[prompt.strip()]
    field = next((name for name in _KEYS if name in row), None)
    if field is None:
        return "" if isinstance(prompt, str) else json_lines.key(dict(row), "id", place)
    return json_lines.key(dict(row), field, place)


def _answer(row: dict[str, Any], place: str) -> str:
    field = next((name for name in _TEXTS if isinstance(row.get(name), str)), None)
    if field:
        return str(row[field])
    try:
        said = row["choices"][0]["turns"][0] if "choices" in row else row["messages"][-1]
        text = said if isinstance(said, str) else said["content"]
        text = text["answer"] if isinstance(text, dict) else text
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        raise UserError(
            f"{place}: there is no answer; write one of {', '.join(_TEXTS)}, or choices[0].turns[0].content."
        )
    return text
