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
    expected = list(prompts)
    by_text = {prompt.text.strip(): prompt.id for prompt in expected}
    ids = {prompt.id for prompt in expected}
    answers: dict[str, str] = {}
    sources: dict[str, str] = {}
    for source, row in json_lines.read(path, "evaluate.benchmarks.baseline"):
        id = _id(row, by_text, source)
        if id not in ids:
            continue
        json_lines.check_unique(sources, id, "answer to", source)
        answers[id] = _answer(row, source)
    missing = [prompt.id for prompt in expected if prompt.id not in answers]
    if missing:
        raise UserError(
            f"{path} has no answer to {len(missing)} of {len(expected)} prompts, such as {missing[0]}: name a file that has all."
        )
    return answers


def _id(row: Mapping[str, Any], by_text: Mapping[str, str], source: str) -> str:
    prompt = row.get("instruction", row.get("prompt"))
    if isinstance(prompt, str) and prompt.strip() in by_text:
        return by_text[prompt.strip()]
    field = next((name for name in _KEYS if name in row), None)
    if field is None:
        return "" if isinstance(prompt, str) else json_lines.key(dict(row), "id", source)
    return json_lines.key(dict(row), field, source)


def _answer(row: dict[str, Any], source: str) -> str:
    field = next((name for name in _TEXTS if isinstance(row.get(name), str)), None)
    if field:
        return str(row[field])
    try:
        message = row["choices"][0]["turns"][0] if "choices" in row else row["messages"][-1]
        text = message if isinstance(message, str) else message["content"]
        text = text["answer"] if isinstance(text, dict) else text
    except (KeyError, IndexError, TypeError):
        text = None
    if not isinstance(text, str):
        raise UserError(
            f"{source}: there is no answer; write one of {', '.join(_TEXTS)}, or choices[0].turns[0].content."
        )
    return text
