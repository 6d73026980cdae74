"""Counts that a server leaves out or makes up, and answers that were billed without being whole."""

import json

import pytest

from secondhalf.models.request import Reply, Request, Sampling, TroubleError
from secondhalf.models.server.response import read_reply

REQUEST = Request("r", (("user", "The river ran " * 30),), Sampling())
COUNTED = {"prompt_tokens": 50, "completion_tokens": 40}


def _read(choice: object, usage: object, **more: object) -> Reply:
    body = {"choices": [choice] if choice is not None else [], "usage": usage, **more}
    return read_reply(json.dumps(body).encode(), chat=True, request=REQUEST)


@pytest.mark.parametrize(
    "usage",
    [
        None, {}, [], "x", {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": None, "completion_tokens": None}, {"prompt_tokens": -5, "completion_tokens": -1},
        {"prompt_tokens": 2**31, "completion_tokens": 10**30}, {"prompt_tokens": True, "completion_tokens": "40"},
    ],
)  # fmt: skip
def test_what_is_not_counted_is_estimated_and_marked(usage: object):
    reply = _read({"message": {"content": "down to the sea, and was gone."}, "finish_reason": "stop"}, usage)
    assert reply.estimated
    assert 60 < reply.prompt_tokens < 180
    assert 4 <= reply.response_tokens <= 12


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        (COUNTED, (50, 40, False)),
        ({"input_tokens": 50, "output_tokens": 40}, (50, 40, False)),
        ({"prompt_tokens": 50.0, "completion_tokens": 40.0}, (50, 40, False)),
        ({"prompt_tokens": 50, "completion_tokens": 0, "total_tokens": 90}, (50, 40, False)),
        ({"prompt_tokens": 50}, (50, 8, True)),
    ],
)
def test_what_is_counted_is_kept(usage: dict, counts: tuple[int, int, bool]):
    reply = _read({"message": {"content": "down to the sea, and was gone."}, "finish_reason": "stop"}, usage)
    assert (reply.prompt_tokens, reply.response_tokens, reply.estimated) == counts


def test_nothing_written_is_a_count():
    reply = _read({"message": {"content": ""}, "finish_reason": "stop"}, {"prompt_tokens": 50, "completion_tokens": 0})
    assert (reply.response_tokens, reply.estimated) == (0, False)


def test_japanese_is_estimated_about_a_token_a_character():
    reply = _read({"message": {"content": "川は海へ流れた。"}, "finish_reason": "stop"}, None)
    assert 6 <= reply.response_tokens <= 9


@pytest.mark.parametrize(
    ("choice", "text", "finish"),
    [
        ({"message": {"role": "assistant", "reasoning": "Let me think."}, "finish_reason": "length"},
         "<think>Let me think.</think>", "length"),
        ({"message": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Let me think."}]},
                                  {"type": "text", "text": "The river ran."}]}, "finish_reason": "stop"},
         "<think>Let me think.</think>\nThe river ran.", "stop"),
        ({"message": {"content": [{"type": "text", "text": "The river"}, " ran."]}, "finish_reason": "stop"}, "The river ran.", "stop"),
        ({"message": {"content": []}, "finish_reason": "stop"}, "", "stop"),
        ({"message": {"content": {"type": "text", "text": "The river ran."}}, "finish_reason": "stop"}, "The river ran.", "stop"),
        ({"message": {"content": 7}, "finish_reason": "stop"}, "", "stop"),
        ({"message": None, "finish_reason": "tool_calls"}, "", "tool_calls"),
        ({"finish_reason": "stop"}, "", "stop"),
        ({"message": {"content": None, "refusal": "I cannot."}, "finish_reason": "stop"}, "", "refusal"),
        ({"message": {"content": "x"}, "finish_reason": None, "finish_details": {"type": "max_tokens"}}, "x", "max_tokens"),
        ({"message": {"content": "x"}, "finish_reason": {"type": "stop", "matched": 2}}, "x", "stop"),
        ({"message": {"content": "x"}, "finish_reason": None}, "x", "unknown"),
        ({"message": {"content": "x"}, "finish_reason": "stop", "native_finish_reason": "insufficient_system_resource"},
         "x", "insufficient_system_resource"),
        (None, "", "no_choice"),
        ("odd", "", "unknown"),
    ],
)  # fmt: skip
def test_a_billed_answer_is_a_reply_whatever_it_lacks(choice: object, text: str, finish: str):
    reply = _read(choice, COUNTED)
    assert (reply.text, reply.finish, reply.prompt_tokens + reply.response_tokens) == (text, finish, 90)


@pytest.mark.parametrize("choices", [None, [], {}, [{"message": {"content": {"not": "text"}}}]])
def test_an_answer_that_nobody_billed_and_that_holds_nothing_is_trouble(choices: object):
    with pytest.raises(TroubleError):
        read_reply(json.dumps({"choices": choices}).encode(), chat=True, request=REQUEST)
    if not choices:
        body = json.dumps({"choices": choices, "usage": COUNTED}).encode()
        assert read_reply(body, chat=True, request=REQUEST).finish == "no_choice"
