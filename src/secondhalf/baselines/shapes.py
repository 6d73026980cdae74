"""Rows of instruction data in their usual shapes, as one request and its answer.

A template has one request and one answer, in training as in evaluation. So of a conversation the first exchange is taken;
later turns lean on it, and are left out and counted.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.corpus.readers.fields import kind_of
from secondhalf.corpus.readers.items import EXCERPT, Refused, printable

# The first field of a shape tells it from the others; the rest may be missing. `conversations` hold role and content too, as
# axolotl and Unsloth have them; `system` and `history` are LLaMA-Factory's.
FIELDS = {
    "messages": ("messages",),
    "sharegpt": ("conversations", "system"),
    "alpaca": ("instruction", "input", "output", "system", "history"),
    "prompt-completion": ("completion", "prompt"),
}
_ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "model": "assistant", "bot": "assistant",
}  # fmt: skip


class Turn(NamedTuple):
    """A role (system, user or assistant), its text, and the field that holds it, such as messages[0].content."""

    role: str
    text: str
    field: str


class InstructionConversation(NamedTuple):
    """The first exchange of a row, and the later ones that are left out."""

    location: str
    """File and row, such as mine.jsonl:3."""
    prompt: str
    response: str
    later: list[tuple[str, str]]
    """Requests and their answers, "" for a last request that has none."""


class _UnreadableError(Exception):
    """Why a row is none of the shapes; what varies, the field among it, stands after a colon."""


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
    if shapes[0] == "messages":
        return _listed(row, "messages")
    if shapes[0] == "sharegpt":
        return [*_system(row), *_listed(row, "conversations")]
    if shapes[0] == "prompt-completion":
        return [*_said(row, "prompt", "user"), *_said(row, "completion", "assistant")]
    request = [_text(row["instruction"], "instruction").strip(), _text(row.get("input") or "", "input").strip()]
    return [
        *_system(row),
        *_history(row),
        Turn("user", "\n\n".join(filter(None, request)), "instruction"),
        Turn("assistant", _text(row.get("output"), "output"), "output"),
    ]


def _system(row: Mapping[str, object]) -> list[Turn]:
    return [Turn("system", _text(row["system"], "system"), "system")] if row.get("system") else []


def _history(row: Mapping[str, object]) -> list[Turn]:
    """The exchanges before the last one, as pairs of texts."""
    history = row.get("history") or []
    if not isinstance(history, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in history):
        raise _UnreadableError("turns are no list of pairs: 'history'")
    fields = [f"history[{number}]" for number in range(len(history))]
    return [
        Turn(role, _text(pair[at], f"{field}[{at}]"), f"{field}[{at}]")
        for field, pair in zip(fields, history, strict=True)
        for at, role in enumerate(("user", "assistant"))
    ]


def _said(row: Mapping[str, object], field: str, role: str) -> list[Turn]:
    """A prompt or a completion: a text, or TRL's list of turns."""
    content = row.get(field)
    is_list = isinstance(content, list) and all(isinstance(turn, dict) and "role" in turn for turn in content)
    return _listed(row, field) if is_list else [Turn(role, _text(content, field), field)]


def _listed(row: Mapping[str, object], field: str) -> list[Turn]:
    turns = row[field]
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise _UnreadableError(f"turns are no list of objects: {field!r}")
    return [_turn(turn, f"{field}[{number}]") for number, turn in enumerate(turns)]


def _turn(turn: Mapping[str, object], field: str) -> Turn:
    """A turn of role and content, or of from and value; a table has all four, and holds nothing in two of them."""
    role, content = (
        ("from", "value") if turn.get("role") is None and turn.get("from") is not None else ("role", "content")
    )
    known = _ROLES.get(name.lower()) if isinstance(name := turn.get(role), str) else None
    if known is None:
        raise _UnreadableError(f"unknown role: {str(name)[:40]!r} in {f'{field}.{role}'!r}")
    return Turn(known, _text(turn.get(content), f"{field}.{content}"), f"{field}.{content}")


def _text(content: object, field: str) -> str:
    """A text, or the texts of a list of parts; from nothing else can be learnt here."""
    if isinstance(content, list) and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in content
    ):
        content = "\n\n".join(part["text"] for part in content)
    if not isinstance(content, str):
        raise _UnreadableError(f"a turn that is no text: {field!r} is {kind_of(content)}")
    try:
        content.encode()
    except UnicodeEncodeError:
        raise _UnreadableError(f"lone surrogate: in {field!r}") from None
    if "\0" in content:
        raise _UnreadableError(f"nul character: in {field!r}")
    return content


def _conversation(turns: list[Turn], location: str, settings: InstructionSettings) -> InstructionConversation:
    system, turns = _leading_system(_joined(turns))
    for turn in turns:
        if turn.role == "system":
            raise _UnreadableError(f"a system text in the middle: {turn.field!r}")
    if not turns or turns[0].role != "user":
        raise _UnreadableError(f"it does not begin with a request: {_field(turns)}")
    exchanges = _exchanges(turns)
    prompt, response = exchanges[0]
    if not prompt:
        raise _UnreadableError(f"an empty request: {turns[0].field!r}")
    if not response:
        raise _UnreadableError(
            f"no answer: {f'{turns[1].field!r} is empty' if turns[1:] else f'after {turns[0].field!r}'}"
        )
    if system and settings.system == "prepend":
        prompt = f"{system}\n\n{prompt}"
    return InstructionConversation(location, prompt, response, exchanges[1:])


def _field(turns: list[Turn]) -> str:
    return repr(turns[0].field) if turns else "it has no turn"


def _joined(turns: list[Turn]) -> list[Turn]:
    """Turns of one role after each other as one."""
    joined: list[Turn] = []
    for role, text, field in turns:
        if joined and joined[-1].role == role:
            joined[-1] = Turn(role, f"{joined[-1].text}\n\n{text.strip()}".strip(), joined[-1].field)
        else:
            joined.append(Turn(role, text.strip(), field))
    return joined


def _leading_system(turns: list[Turn]) -> tuple[str, list[Turn]]:
    return (turns[0].text, turns[1:]) if turns and turns[0].role == "system" else ("", turns)


def _exchanges(turns: list[Turn]) -> list[tuple[str, str]]:
    """Requests with their answers, "" for a last request that has none. Roles alternate, a request first."""
    answers = [turn.text for turn in turns if turn.role == "assistant"]
    requests = [turn.text for turn in turns if turn.role == "user"]
    return list(zip(requests, answers + [""] * (len(requests) - len(answers)), strict=True))
