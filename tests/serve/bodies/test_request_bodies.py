from typing import Any

import pytest

from secondhalf.serve.bodies.request_bodies import ChatBody, PlainBody, parse_body
from secondhalf.serve.errors import ApiError

HELLO = [{"role": "user", "content": "Hello"}]


def _chat(**fields: Any) -> Any:
    return parse_body(ChatBody, {"model": "m", "messages": HELLO, **fields})


def test_a_conversation_becomes_turns_with_the_system_message_first():
    body = _chat(
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "One"}]},
            {"role": "user", "content": "Two"},
            {"role": "assistant", "content": "Three"},
            {"role": "user", "content": "Four", "name": "me"},
        ],
        seed=7,
        max_completion_tokens=9,
    )
    asked = body.generations()[0]
    assert asked.turns == ("Be brief.\n\nOne\n\nTwo", "Three", "Four")
    assert (asked.max_tokens, asked.seed, asked.temperature, asked.top_p) == (9, 7, 1.0, 1.0)


def test_what_asks_for_nothing_is_taken():
    body = _chat(
        n=1, tools=[], logprobs=False, presence_penalty=0, response_format={"type": "text"}, user="u", stop=None,
        frequency_penalty=0.0, reasoning_effort=None, logit_bias={}, parallel_tool_calls=False, top_logprobs=None,
    )  # fmt: skip
    assert body.stops == []


def test_an_answer_is_sent_back_as_the_api_gave_it():
    given = {
        "role": "assistant",
        "content": "Three",
        "refusal": None,
        "annotations": [],
        "audio": None,
        "function_call": None,
    }
    asked = _chat(messages=[*HELLO, {**given, "tool_calls": None}, {**given, "tool_calls": []}, *HELLO]).generations()[
        0
    ]
    assert asked.turns == ("Hello", "Three\n\nThree", "Hello")
    with pytest.raises(ApiError, match="tool_calls"):
        _chat(messages=[*HELLO, {**given, "tool_calls": [{"id": "x"}]}, *HELLO])


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"frob": 1}, "frob"),
        *(({"n": n}, "n") for n in (2, 0, 1.0, True, False, "", [], "1")),
        *(({"logprobs": value}, "logprobs") for value in (0, 1, "")),
        ({"tools": {}}, "tools"),
        ({"presence_penalty": False}, "presence_penalty"),
        ({"reasoning_effort": ""}, "reasoning_effort"),
        ({"tools": [{"type": "function"}]}, "tools"),
        ({"logprobs": True}, "logprobs"),
        ({"temperature": 3}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content"),
        ({"stream": "yes"}, "stream"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, Any], param: str):
    with pytest.raises(ApiError) as error:
        _chat(**fields)
    assert error.value.status == 400
    assert str(error.value.param).startswith(param)
    assert set(error.value.body()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("messages", [[{"role": "assistant", "content": "x"}], [{"role": "system", "content": "x"}]])
def test_the_user_ends_a_conversation(messages: list[dict[str, str]]):
    with pytest.raises(ApiError, match="messages: the"):
        _chat(messages=messages).generations()[0]


def test_more_than_four_stops_are_refused():
    with pytest.raises(ApiError, match="at most four"):
        _ = _chat(stop=["a", "b", "c", "d", "e"]).stops


def test_a_plain_prompt_stands_alone_or_in_a_list():
    for prompt in ("The river", ["The river"]):
        assert parse_body(PlainBody, {"model": "m", "prompt": prompt}).generations()[0].turns == ("The river",)
    with pytest.raises(ApiError, match="one text a stream"):
        parse_body(PlainBody, {"model": "m", "prompt": ["a", "b"], "stream": True}).generations()
    with pytest.raises(ApiError, match="1 to 32 texts"):
        parse_body(PlainBody, {"model": "m", "prompt": []}).generations()
    several = parse_body(PlainBody, {"model": "m", "prompt": ["a", "b"]}).generations()
    assert [asked.turns for asked in several] == [("a",), ("b",)]


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_a_body_is_an_object(body: object):
    with pytest.raises(ApiError, match="JSON object"):
        parse_body(ChatBody, body)
