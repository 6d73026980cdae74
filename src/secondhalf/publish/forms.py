"""A pair as a row of the forms that other trainers read; `baselines` reads all of them back.

messages: OpenAI's; sharegpt: LLaMA-Factory's `conversations`; alpaca: instruction, input, output; prompt-completion: TRL's
conversational one, whose loss falls on the completion alone, as ours does. parquet: every column of a pair, and where it is from.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair

FORMS = ("messages", "sharegpt", "alpaca", "prompt-completion", "parquet")
UNFINISHED = "unfinished"
WITHOUT_PROMPT = "without_prompt"
WITHOUT_TEXT = "without_text"
"""An empty response, or a NUL, which no reader of data sets takes for text, ours neither: a teacher without a sound tokenizer, or
an audit that refuses nothing."""


def left_out(form: str, pair: Pair) -> str:
    """Why a form has no way to say a pair: UNFINISHED, WITHOUT_PROMPT or, of all forms, WITHOUT_TEXT; "" where it has one.

    Other trainers put an end behind every response: they would teach the student to stop where a limit cut the teacher.
    """
    if not pair.response.strip() or "\0" in f"{pair.prompt}{pair.original}{pair.response}":
        return WITHOUT_TEXT
    if form == "parquet":
        return ""
    if not pair.prompt.strip():
        return WITHOUT_PROMPT
    return "" if has_ended(pair.finish) else UNFINISHED


def row_of(form: str, pair: Pair) -> dict[str, Any]:
    """The row of a pair. Texts are without the blanks at both ends, as training takes them; in parquet they are as they were."""
    return _ROWS[form](pair)


def _turns(pair: Pair, role: str, content: str, names: tuple[str, str]) -> list[dict[str, str]]:
    user, assistant = names
    return [{role: user, content: pair.prompt.strip()}, {role: assistant, content: pair.response.strip()}]


def _messages(pair: Pair) -> dict[str, Any]:
    return {"id": pair.id, "messages": _turns(pair, "role", "content", ("user", "assistant"))}


def _sharegpt(pair: Pair) -> dict[str, Any]:
    return {"id": pair.id, "conversations": _turns(pair, "from", "value", ("human", "gpt"))}


def _alpaca(pair: Pair) -> dict[str, Any]:
    return {"id": pair.id, "instruction": pair.prompt.strip(), "input": "", "output": pair.response.strip()}


def _prompt_completion(pair: Pair) -> dict[str, Any]:
    user, assistant = _turns(pair, "role", "content", ("user", "assistant"))
    return {"id": pair.id, "prompt": [user], "completion": [assistant]}


_ROWS: dict[str, Callable[[Pair], dict[str, Any]]] = {
    "messages": _messages,
    "sharegpt": _sharegpt,
    "alpaca": _alpaca,
    "prompt-completion": _prompt_completion,
    "parquet": asdict,
}
