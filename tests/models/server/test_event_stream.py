"""An answer that comes as a stream though none was asked for is the same reply as a whole one."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.models.request import Reply, TroubleError
from secondhalf.models.server.response import read_reply

USAGE = {"prompt_tokens": 5, "completion_tokens": 3}


def _chunk(delta: dict | None = None, **more) -> dict:
    return {"model": "m", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta or {}, **more}]}


CHUNKS = [
    {"choices": [], "prompt_filter_results": []},  # Azure
    _chunk({"role": "assistant", "content": ""}),
    _chunk({"reasoning_content": "Hm. "}),
    _chunk({"reasoning_content": "So."}),
    _chunk({"content": "川は"}, logprobs=None),
    _chunk({"content": "海へ。\u2028 </data: x>"}),
    _chunk(finish_reason="stop"),
    {"model": "m", "choices": [], "usage": USAGE},
]
RIGHT = Reply("<think>Hm. So.</think>\n川は海へ。\u2028 </data: x>", "stop", 5, 3, model="m")


def _stream(chunks: list[dict], end: str = "\n\n", done: bool = True, comment: str = "") -> bytes:
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}" for chunk in chunks] + ["data: [DONE]"] * done
    return (comment + end.join(lines) + end).encode()


@pytest.mark.parametrize(
    "body",
    [
        _stream(CHUNKS),
        _stream(CHUNKS, "\r\n\r\n"),
        _stream(CHUNKS, "\r\r"),
        _stream(CHUNKS, "\n"),
        _stream(CHUNKS, done=False),
        _stream(CHUNKS, comment=": OPENROUTER PROCESSING\n\n: again\n\n"),
        _stream(CHUNKS, comment="\ufeff\n\nevent: message\nid: 1\nretry: 5\n"),
        _stream(CHUNKS).replace(b"\ndata: ", b"\ndata:"),
        _stream(CHUNKS).replace(b'"choices"', b'\ndata: "choices"'),
        _stream(CHUNKS).rstrip(b"\n"),
    ],
)
def test_a_stream_is_the_reply_that_it_makes_up(body: bytes):
    assert read_reply(body, chat=True) == RIGHT


def test_completions_whole_messages_and_parts():
    text = [{"choices": [{"index": 0, "text": part}]} for part in ("The ", "river.")]
    assert read_reply(_stream([*text, {"choices": [{"text": "", "finish_reason": "length"}]}]), chat=False) == Reply(
        "The river.", "length", 0, 0
    )
    whole = {"choices": [{"message": {"content": "The river."}, "finish_reason": "stop"}], "usage": USAGE}
    assert read_reply(_stream([whole]), chat=True) == Reply("The river.", "stop", 5, 3)
    others = [
        _chunk({"content": "a"}),
        {"choices": [{"index": 1, "delta": {"content": "b"}}]},
        _chunk(finish_reason="stop"),
    ]
    assert read_reply(_stream(others), chat=True).text == "a"
    assert read_reply(_stream([_chunk(finish_reason="content_filter")]), chat=True) == Reply(
        "", "content_filter", 0, 0, model="m"
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (_stream(CHUNKS[:5], done=False), "broke off"),
        (_stream(CHUNKS)[:300], "no JSON|broke off"),
        (
            _stream([*CHUNKS[:5], {"error": {"message": "no memory for sk-secret-1 left\x1b[2J"}}]),
            r"no memory for \[key\] left",
        ),
        (b"data: hello\n\n", "no JSON"),
        (b"data: " + b"[" * 100_000, "no JSON"),
        (b": only a comment\n\n", "broke off"),
    ],
)
def test_a_stream_that_is_no_reply_is_trouble(body: bytes, words: str):
    with pytest.raises(TroubleError, match=words) as error:
        read_reply(body, chat=True, secret="sk-secret-1")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 400


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_behind_the_first_are_a_reply_or_trouble(body: bytes, chat: bool):
    with suppress(TroubleError):
        assert isinstance(read_reply(b"data:" + body, chat=chat), Reply)
