"""An answer that comes as a stream of events though none was asked for, put together to what it would have been whole.

The form is that of server-sent events (WHATWG HTML, section 9.2): lines that end in any way, comments, [DONE]. The pieces are
OpenAI's chat.completion.chunk, for one choice.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?::|(?:data|event|id|retry)[ \t]*:)")
_LINE = re.compile(rb"\r\n|\r|\n")
_THOUGHTS = ("reasoning_content", "reasoning")


class EventStreamError(Exception):
    """The stream is no answer; the message says why, in the server's words where it has some."""


def is_event_stream(body: bytes) -> bool:
    """Whether a body begins as a stream of events does, and no JSON."""
    return _BEGINNING.match(body) is not None


def merge_events(body: bytes) -> dict[str, Any]:
    """The answer that the events make up. Raises EventStreamError when one is an error, or the last is missing."""
    answer: dict[str, Any] = {}
    content = list[Any]()
    texts: dict[str, list[str]] = {name: [] for name in (*_THOUGHTS, "text")}
    choice: dict[str, Any] = {"index": 0}
    ended = False
    for event in _events(body):
        if event is None:
            ended = True
            continue
        if error := event.get("error"):
            message = error.get("message", error) if isinstance(error, dict) else error
            raise EventStreamError(f"the server's stream ends in an error: {message}")
        answer |= {name: event[name] for name in ("model", "usage") if event.get(name)}
        for piece in _choices(event):
            delta = piece.get("delta") or piece.get("message")
            delta = delta if isinstance(delta, dict) else {}
            if isinstance(piece.get("text"), str):
                texts["text"].append(piece["text"])
            for name in _THOUGHTS:
                if isinstance(delta.get(name), str):
                    texts[name].append(delta[name])
            if part := delta.get("content"):
                content += part if isinstance(part, list) else [part]
            choice |= {name: piece[name] for name in ("finish_reason",) if piece.get(name)}
            if piece.get("logprobs"):
                choice.setdefault("logprobs", piece["logprobs"])
    if not ended and "finish_reason" not in choice:
        raise EventStreamError("the server's stream broke off")
    plain = all(isinstance(part, str) for part in content)
    message = {name: "".join(texts[name]) for name in _THOUGHTS if texts[name]}
    message["content"] = ("".join(content) if content else None) if plain else _parts(content)
    choice |= {"message": message, "text": "".join(texts["text"]) if texts["text"] else None}
    return {**answer, "choices": [choice]}


def _events(body: bytes) -> Iterator[dict[str, Any] | None]:
    """Each event's object; None for [DONE]. An event's data may stand on several lines, several events without a line between."""
    data = list[bytes]()
    for line in (*_LINE.split(body.removeprefix(b"\xef\xbb\xbf")), b""):
        name, _, value = line.partition(b":")
        if name.strip() == b"data":
            data.append(value.removeprefix(b" "))
        elif not line and data:
            yield from _objects(data)
            data = []


def _objects(data: list[bytes]) -> Iterator[dict[str, Any] | None]:
    for text in (b"\n".join(data),) if len(data) == 1 or _parsed(b"\n".join(data)) is not None else data:
        if text.strip() == b"[DONE]":
            yield None
        elif isinstance(parsed := _parsed(text), dict):
            yield parsed
        elif text.strip():
            raise EventStreamError("the server's stream holds what is no JSON")


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _choices(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    choices = event.get("choices")
    for choice in choices if isinstance(choices, list) else []:
        if isinstance(choice, dict) and not choice.get("index"):
            yield choice


def _parts(content: list[Any]) -> list[Any]:
    return [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]
