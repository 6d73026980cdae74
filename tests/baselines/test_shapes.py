"""Rows of instruction data in their usual shapes: one exchange a row, and what is none with its reason."""

from typing import Any

import pytest

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.baselines.shapes import InstructionConversation, conversation_reader
from secondhalf.corpus.readers.items import Refused

MESSAGES = {
    "messages": [
        {"role": "user", "content": "Why is the sky blue?"},
        {"role": "assistant", "content": "Light scatters."},
    ]
}
SHAREGPT = {
    "conversations": [{"from": "human", "value": "川とは何ですか。"}, {"from": "gpt", "value": "水の流れです。"}]
}
ALPACA = {"instruction": "Translate.", "input": "Guten Tag", "output": "Good day"}
BOTH = {
    "conversations": [
        {"role": "user", "content": "Hi", "from": None},
        {"role": "assistant", "content": "Hello", "from": None},
    ]
}
LLAMA_FACTORY = {
    "instruction": "And now?",
    "input": "",
    "output": "Later.",
    "system": "Be brief.",
    "history": [["Hi", "Hello"]],
}
COMPLETION = {"prompt": "The sky is", "completion": " blue."}
CHAT_COMPLETION = {"prompt": MESSAGES["messages"][:1], "completion": MESSAGES["messages"][1:]}
TABLE = {"messages": None, "instruction": "Name a river.", "input": None, "output": "The Rhine."}


def _read(row: Any, **settings: Any) -> InstructionConversation | Refused:
    return conversation_reader(InstructionSettings(path="x", **settings))(row, "x:1")


def _messages(*turns: tuple[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


@pytest.mark.parametrize(
    ("row", "prompt", "response"),
    [
        (MESSAGES, "Why is the sky blue?", "Light scatters."),
        (SHAREGPT, "川とは何ですか。", "水の流れです。"),
        (ALPACA, "Translate.\n\nGuten Tag", "Good day"),
        (TABLE, "Name a river.", "The Rhine."),
        (BOTH, "Hi", "Hello"),
        (COMPLETION, "The sky is", "blue."),
        (CHAT_COMPLETION, "Why is the sky blue?", "Light scatters."),
        (SHAREGPT | {"system": "短く。"}, "短く。\n\n川とは何ですか。", "水の流れです。"),
        (_messages(("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello")), "Be brief.\n\nHi", "Hello"),
        (_messages(("user", "One."), ("user", "Two?"), ("assistant", "Yes.")), "One.\n\nTwo?", "Yes."),
        (_messages(("user", [{"type": "text", "text": "Look."}]), ("assistant", "I do.")), "Look.", "I do."),
    ],
)  # fmt: skip
def test_the_usual_shapes(row: dict[str, Any], prompt: str, response: str):
    assert _read(row) == InstructionConversation("x:1", prompt, response, [])


def test_a_system_text_may_be_dropped():
    row = _messages(("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello"))
    assert _read(row, system="drop") == InstructionConversation("x:1", "Hi", "Hello", [])


def test_later_turns_are_left_out():
    row = _messages(("user", "A?"), ("assistant", "B."), ("user", "C?"), ("assistant", "D."), ("user", "E?"))
    assert _read(row) == InstructionConversation("x:1", "A?", "B.", [("C?", "D."), ("E?", "")])


def test_earlier_turns_beside_the_last_come_first():
    assert _read(LLAMA_FACTORY) == InstructionConversation("x:1", "Be brief.\n\nHi", "Hello", [("And now?", "Later.")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (5, "not an object: a number"),
        ({"text": "no shape"}, "no instruction data in the row: its fields are 'text'"),
        ({"messages": "hello"}, "turns are no list of objects: 'messages'"),
        (_messages(("narrator", "x")), "unknown role: 'narrator' in 'messages[0].role'"),
        (_messages(("assistant", "Hello"), ("user", "Hi")), "it does not begin with a request: 'messages[0].content'"),
        (_messages(("user", "Hi")), "no answer: after 'messages[0].content'"),
        (_messages(("user", "Hi"), ("assistant", " ")), "no answer: 'messages[1].content' is empty"),
        (_messages(("user", "  "), ("assistant", "Hello")), "an empty request: 'messages[0].content'"),
        (
            _messages(("user", "Hi"), ("system", "x"), ("assistant", "Hello")),
            "a system text in the middle: 'messages[1].content'",
        ),
        (
            _messages(("user", [{"type": "image"}]), ("assistant", "A cat.")),
            "a turn that is no text: 'messages[0].content' is a list",
        ),
        (_messages(("user", "a\0b"), ("assistant", "c")), "nul character: in 'messages[0].content'"),
        (_messages(("user", "a\ud800"), ("assistant", "c")), "lone surrogate: in 'messages[0].content'"),
        ({"instruction": "Do.", "output": 5}, "a turn that is no text: 'output' is a number"),
        ({"instruction": "Do.", "output": ""}, "no answer: 'output' is empty"),
        ({"instruction": "Do.", "output": "x", "history": [["a"]]}, "turns are no list of pairs: 'history'"),
        ({"instruction": "Do.", "output": "x", "system": 3}, "a turn that is no text: 'system' is a number"),
        (
            {"conversations": [{"from": "human", "value": 4}]},
            "a turn that is no text: 'conversations[0].value' is a number",
        ),
        ({"completion": "Hello"}, "a turn that is no text: 'prompt' is null"),
        (
            {"prompt": [{"role": "user", "content": "Hi"}], "completion": 5},
            "a turn that is no text: 'completion' is a number",
        ),
        ({"messages": []}, "it does not begin with a request: it has no turn"),
    ],
)
def test_what_is_no_exchange_is_refused_with_its_reason(row: Any, reason: str):
    refused = _read(row)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_shape_that_is_named_is_the_only_one():
    assert isinstance(_read(ALPACA, shape="messages"), Refused)
    assert isinstance(_read(ALPACA, shape="alpaca"), InstructionConversation)
