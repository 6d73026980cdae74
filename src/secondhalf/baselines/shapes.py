"""Rows of instruction data in their usual shapes, as one request and its answer.

A template has one request and one answer, in training as in evaluation. So of a conversation the first exchange is taken;
later turns lean on it, and are left out and counted.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.corpus.readers.fields import kind_of
from secondhalf.corpus.readers.items import EXCERPT, Refused, printable

FIELDS = {"messages": ("messages",), "sharegpt": ("conversations",), "alpaca": ("instruction", "input", "output")}
_ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bot": "assistant",
}  # fmt: skip
Turn = tuple[str, str]
"""A role (system, user or assistant) and its text."""


class InstructionConversation(NamedTuple):
    """The first exchange of a row, and the later ones that are left out."""

    location: str
    """File and row, such as mine.jsonl:3."""
    prompt: str
    response: str
    later: list[tuple[str, str]]
    """Requests and their answers, "" for a last request that has none."""


class _UnreadableError(Exception):
    """Why a row is none of the shapes; what varies stands after a colon."""


def conversation_reader(settings: InstructionSettings) -> Callable[[object, str], InstructionConversation | Refused]:
    """A function from a row and its location to its conversation, or why it is none."""

    def read(row: object, location: str) -> InstructionConversation | Refused:
        try:
            if not isinstance(row, dict):
                raise _UnreadableError(f"not an object: {kind_of(row)}")
            return _conversation(_turns(row, settings.shape), location, settings)
        except _UnreadableError as error:
            return Refused(location, str(error), printable(str(row)[:EXCERPT]))

    return read


def _turns(row: Mapping[str, object], shape: str) -> list[Turn]:
    # A table has every column in every row, so a field may be there and hold nothing.
    shapes = [name for name in FIELDS if row.get(FIELDS[name][0]) is not None and shape in {"auto", name}]
    if not shapes:
        fields = ", ".join(repr(str(name)) for name in list(row)[:10]) or "none"
        raise _UnreadableError(f"no instruction data in the row: its fields are {fields}")
    if shapes[0] == "alpaca":
        request = "\n\n".join(filter(None, (_text(row["instruction"]).strip(), _text(row.get("input") or "").strip())))
        return [("user", request), ("assistant", _text(row.get("output")))]
    role, content = ("role", "content") if shapes[0] == "messages" else ("from", "value")
    turns = row[FIELDS[shapes[0]][0]]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise _UnreadableError("turns are no list of objects")
    return [(_role(turn.get(role)), _text(turn.get(content))) for turn in turns]


def _role(name: object) -> str:
    role = _ROLES.get(name.lower()) if isinstance(name, str) else None
    if role is None:
        raise _UnreadableError(f"unknown role: {str(name)[:40]!r}")
    return role


def _text(content: object) -> str:
    """A text, or the texts of a list of parts; from nothing else can be learnt here."""
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


def _conversation(turns: list[Turn], location: str, settings: InstructionSettings) -> InstructionConversation:
    system, turns = _leading_system(_joined(turns))
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
    if system and settings.system == "prepend":
        prompt = f"{system}\n\n{prompt}"
    return InstructionConversation(location, prompt, response, exchanges[1:])


def _joined(turns: list[Turn]) -> list[Turn]:
    """Turns of one role after each other as one."""
    joined: list[Turn] = []
    for role, text in turns:
        if joined and joined[-1][0] == role:
            joined[-1] = (role, f"{joined[-1][1]}\n\n{text.strip()}".strip())
        else:
            joined.append((role, text.strip()))
    return joined


def _leading_system(turns: list[Turn]) -> tuple[str, list[Turn]]:
    return (turns[0][1], turns[1:]) if turns and turns[0][0] == "system" else ("", turns)


def _exchanges(turns: list[Turn]) -> list[tuple[str, str]]:
    """Requests with their answers, "" for a last request that has none. Roles alternate, a request first."""
    answers = [text for role, text in turns if role == "assistant"]
    requests = [text for role, text in turns if role == "user"]
    return list(zip(requests, answers + [""] * (len(requests) - len(answers)), strict=True))
