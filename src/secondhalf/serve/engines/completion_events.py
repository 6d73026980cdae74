"""The stream of a server of OpenAI's API, read event by event as it comes: server-sent events (WHATWG HTML, section 9.2).

What comes is a stranger's: lines are bounded, and what is no such stream is an error that says so.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

LONGEST = 1 << 20  # bytes of one line, or of an answer that comes whole
_MOST_TOKENS = 2**31


class GarbageError(Exception):
    """What came is no answer of OpenAI's API; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class CompletionEvent:
    """What one event adds. `finish` is "" until the answer's end, tokens are 0 where the event does not count them."""

    text: str
    finish: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    error: str = ""
    """What the server says where it fails in mid-stream."""


async def read_events(pieces: AsyncIterator[bytes]) -> AsyncIterator[CompletionEvent]:
    """The events up to [DONE], or to the end of the body; an empty one for a piece without any. Raises GarbageError."""
    held = b""
    async for piece in pieces:
        held += piece
        is_empty = True
        *lines, held = held.split(b"\n")
        for line in lines:
            name, _, value = line.rstrip(b"\r").partition(b":")
            if name != b"data":  # comments keep the connection open; blank lines end an event
                continue
            if value.strip() == b"[DONE]":
                return
            is_empty = False
            yield read_event(value)
        if is_empty:
            yield CompletionEvent("")
        if len(held) > LONGEST:
            raise GarbageError(f"a line is longer than {LONGEST} bytes")
    if held.strip():
        raise GarbageError("the last line is cut off")


def read_event(text: bytes) -> CompletionEvent:
    """The event that a JSON text stands for, a chat's or a plain completion's, in pieces or whole. Raises GarbageError."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        raise GarbageError("what came is no JSON") from None
    if not isinstance(event, dict):
        raise GarbageError("an event is no object")
    if error := event.get("error"):
        message = error.get("message", "") if isinstance(error, dict) else error
        return CompletionEvent("", error=str(message) or "an error without a word")
    usage = event.get("usage")
    counts = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise GarbageError("an event has no choices")
    if not choices:
        return CompletionEvent("", "", counts[0], counts[1])
    choice = choices[0]
    if not isinstance(choice, dict):
        raise GarbageError("a choice is no object")
    finish = choice.get("finish_reason")
    return CompletionEvent(_text(choice), finish if isinstance(finish, str) else "", counts[0], counts[1])


def _text(choice: dict[str, object]) -> str:
    piece = choice.get("delta") or choice.get("message")
    text = piece.get("content") if isinstance(piece, dict) else choice.get("text")
    if text is not None and not isinstance(text, str):
        raise GarbageError("an answer's text is no text")
    return text or ""


def _count(usage: object, name: str) -> int:
    count = usage.get(name) if isinstance(usage, dict) else 0
    return count if type(count) is int and 0 <= count < _MOST_TOKENS else 0


class WholeCharacters:
    """Puts characters together whose halves come in two events; half a character alone becomes the sign for what is none."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """What is whole with this piece."""
        text, self._half = self._half + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":  # its other half may follow
            text, self._half = text[:-1], text[-1]
        return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def end(self) -> str:
        """What is left."""
        return "\ufffd" if self._half else ""
