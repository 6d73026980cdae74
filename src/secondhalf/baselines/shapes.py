"""Rows of instruction data in their usual shapes, as one request and its answer.

A template has one request and one answer, in training as in evaluation. So of a conversation the first exchange is taken;
what was said later leans on it, and is left out and counted.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.corpus.readers.fields import kind_of
from secondhalf.corpus.readers.items import EXCERPT, Refused, printable

FIELDS = {"messages": ("messages",), "sharegpt": ("conversations",), "alpaca": ("instruction", "input", "output")}
_ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bot": "assistant",
}  # fmt: skip
Turn = tuple[str, str]  # system, user or assistant, and what was said


class Conversation(NamedTuple):
    """The first exchange of a row, and the later ones that are left out: request and answer, "" where there is none."""

    place: str
    prompt: str
    response: str
    later: list[Turn]


class _UnreadableError(Exception):
    """Why a row is none of the shapes; what varies stands after a colon."""


def mapper(settings: InstructionSettings) -> Callable[[Any, str], Conversation | Refused]:
    """A function from a row and its place to its conversation, or why it is none."""

    def read(row: Any, place: str) -> Conversation | Refused:
        try:
            if not isinstance(row, dict):
                raise _UnreadableError(f"not an object: {kind_of(row)}")
            return _conversation(_turns(row, settings.shape), place, settings)
        except _UnreadableError as error:
            return Refused(place, str(error), printable(str(row)[:EXCERPT]))

    return read


def _turns(row: dict[str, Any], shape: str) -> list[Turn]:
    # A table has a column for every row, so a field that is there may hold nothing.
    shapes = [name for name in FIELDS if row.get(FIELDS[name][0]) is not None and shape in {"auto", name}]
    if not shapes:
        there = ", ".join(repr(str(name)) for name in list(row)[:10]) or "none"
        raise _UnreadableError(f"no instruction data in the row: its fields are {there}")
    if shapes[0] == "alpaca":
        request = "\n\n".join(filter(None, (_text(row["instruction"]).strip(), _text(row.get("input") or "").strip())))
        return [("user", request), ("assistant", _text(row.get("output")))]
    role, content = ("role", "content") if shapes[0] == "messages" else ("from", "value")
    said = row[FIELDS[shapes[0]][0]]
    if not isinstance(said, list) or not all(isinstance(turn, dict) for turn in said):
        raise _UnreadableError("turns are no list of objects")
    return [(_role(turn.get(role)), _text(turn.get(content))) for turn in said]


def _role(name: Any) -> str:
    found = _ROLES.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        raise _UnreadableError(f"unknown role: {str(name)[:40]!r}")
    return found


def _text(content: Any) -> str:
    """A text, or the texts of a list of parts; whatever else there is cannot be learnt from here."""
    if isinstance(content, list) and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in content
    ):
        content = "\n\n".join(part["text"] for part in content)
    if not isinstance(content, str):
        raise _UnreadableError(f"a turn that is no text: {kind_of(content)}")
    try:
        content.encode()
    except UnicodeEncodeError:
        raise _UnreadableError("lone surrogate") from None
    if "\0" in content:
        raise _UnreadableError("nul character")
    return content


def _conversation(turns: list[Turn], place: str, settings: InstructionSettings) -> Conversation:
    systems, turns = _leading_systems(_joined(turns))
    if any(role == "system" for role, _ in turns):
        raise _UnreadableError("a system text in the middle")
    if not turns or turns[0][0] != "user":
        raise _UnreadableError("it does not begin with a request")
    exchanges = _exchanges(turns)
    prompt, response = exchanges[0]
    if not prompt:
        raise _UnreadableError("an empty request")
    if not response:
        raise _UnreadableError("no answer")
    if systems and settings.system == "prepend":
        prompt = f"{systems}\n\n{prompt}"
    return Conversation(place, prompt, response, exchanges[1:])


def _joined(turns: list[Turn]) -> list[Turn]:
    """Turns of one role after each other as one."""
    found: list[Turn] = []
    for role, text in turns:
        if found and found[-1][0] == role:
            found[-1] = (role, f"{found[-1][1]}\n\n{text.strip()}".strip())
        else:
            found.append((role, text.strip()))
    return found


def _leading_systems(turns: list[Turn]) -> tuple[str, list[Turn]]:
    return (turns[0][1], turns[1:]) if turns and turns[0][0] == "system" else ("", turns)


def _exchanges(turns: list[Turn]) -> list[Turn]:
    """Requests with their answers, "" for a last request that has none. Roles alternate, a request first."""
    answers = [text for role, text in turns if role == "assistant"]
    requests = [text for role, text in turns if role == "user"]
    return list(zip(requests, answers + [""] * (len(requests) - len(answers)), strict=True))
