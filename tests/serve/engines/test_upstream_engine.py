"""A server of OpenAI's API that answers for an arm: what it gets, what comes back, and how it fails."""

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.serve.engines.completion_events import CompletionEvent, GarbageError, read_event
from secondhalf.serve.engines.generation import GenerationRequest
from secondhalf.serve.engines.upstream_engine import UpstreamEngine
from secondhalf.serve.errors import ApiError
from support.upstream_server import FAILURES, UpstreamServer

ASKED = GenerationRequest(("What runs?", "A river.", "Where?"), True, None, 0.5, 0.9, 2**40 + 3)


def _engine(server: UpstreamServer, model: str = "tiny", **fields: Any) -> UpstreamEngine:
    return UpstreamEngine(f"{server.url}#{model}", **{"key": "", "longest": 40, "seconds": 20, **fields})


async def _answer(engine: UpstreamEngine, request: GenerationRequest = ASKED) -> tuple[str, Any]:
    text, last = "", None
    async with aclosing(engine.generate(request)) as deltas:
        async for last in deltas:
            text += last.text
    return text, last


def test_a_chat_a_plain_text_and_an_answer_that_comes_whole():
    async def work(server: UpstreamServer) -> None:
        engine = _engine(server, temperature=2.0)
        await engine.check()
        text, last = await _answer(engine)
        assert (text, last.finish, last.prompt_tokens, last.answer_tokens) == ("It runs past the mill . ", "stop", 7, 6)
        body = server.bodies[-1]
        assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
        assert (body["model"], body["temperature"], body["top_p"], body["seed"], body["max_tokens"]) == (
            "tiny",
            1.0,
            0.9,
            3,
            40,
        )
        await _answer(engine, GenerationRequest(("The river",), False, 5, 0, 1, 1))
        assert (server.paths[-1], server.bodies[-1]["prompt"], server.bodies[-1]["max_tokens"]) == (
            "/v1/completions",
            "The river",
            5,
        )
        server.kind = "whole"
        text, last = await _answer(engine)
        assert (text, last.finish, last.answer_tokens) == ("It runs past the mill . ", "stop", 6)
        await engine.close()

    with UpstreamServer() as server:
        asyncio.run(work(server))


@pytest.mark.parametrize("kind", FAILURES)
def test_what_a_server_does_wrong_is_an_error_in_our_words(kind: str):
    async def work(server: UpstreamServer) -> None:
        engine = _engine(server, seconds=0.3)
        with pytest.raises(ApiError) as error:
            await _answer(engine)
        assert (error.value.status, error.value.code) == FAILURES[kind]
        assert "secret" not in str(error.value)
        server.kind = "ok"
        assert (await _answer(engine))[1].finish == "stop"
        await engine.close()

    with UpstreamServer() as server:
        server.kind = kind
        asyncio.run(work(server))


@pytest.mark.parametrize(
    ("pieces", "text"),
    [(["half \ud83e", "\udd8a fox"], "half 🦊 fox"), (["half \ud83e fox"], "half \ufffd fox"), (["a\udd8a", "b\ud83e"], "a\ufffdb\ufffd")],
)  # fmt: skip
def test_half_characters_are_put_together_or_said_to_be_none(pieces: list[str], text: str):
    async def work(server: UpstreamServer) -> None:
        engine = _engine(server)
        assert (await _answer(engine))[0] == text
        await engine.close()

    with UpstreamServer() as server:
        server.pieces = pieces
        asyncio.run(work(server))


def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.serve.engines.completions_client._LONGEST_ANSWER", 1000)

    async def work(server: UpstreamServer) -> None:
        engine = _engine(server)
        with pytest.raises(ApiError) as error:
            await _answer(engine)
        assert error.value.code == "upstream_garbage"
        await engine.close()

    with UpstreamServer("word " * 1000) as server:
        asyncio.run(work(server))


def test_what_is_no_list_of_models_is_a_sentence():
    async def work(server: UpstreamServer) -> None:
        server.models = ["x" * 2_000_000]
        with pytest.raises(UserError, match="no list of models"):
            await _engine(server).check()

    with UpstreamServer() as server:
        asyncio.run(work(server))


@pytest.mark.parametrize("count", [2**31, -1, True, 1.5, "7", None])
def test_tokens_that_nobody_counted_are_none(count: object):
    event = {"choices": [], "usage": {"prompt_tokens": count, "completion_tokens": 3}}
    assert read_event(json.dumps(event).encode()) == CompletionEvent("", "", 0, 3)


def test_an_answer_that_is_given_up_is_given_up_there_too():
    async def work(server: UpstreamServer) -> None:
        engine = _engine(server)
        async with aclosing(engine.generate(ASKED)) as deltas:
            await anext(deltas)
        for _ in range(200):
            if server.left:
                break
            await asyncio.sleep(0.02)
        assert server.left == 1
        await engine.close()

    with UpstreamServer("word " * 100_000) as server:
        server.pause = 0.01
        asyncio.run(work(server))


def test_a_server_is_checked_at_the_start(tmp_path: Path):
    async def work(server: UpstreamServer) -> None:
        only = UpstreamEngine(server.url, key="", longest=40, seconds=5)
        await only.check()
        await _answer(only)
        assert server.bodies[-1]["model"] == "tiny"
        with pytest.raises(UserError, match=r"it has tiny"):
            await _engine(server, "other").check()
        server.models = ["a", "b"]
        with pytest.raises(UserError, match=r"#MODEL; it has a, b"):
            await UpstreamEngine(server.url, key="", longest=40, seconds=5).check()
        server.stop()
        with pytest.raises(UserError, match="cannot be reached"):
            await _engine(server).check()
        server.start()

    with UpstreamServer() as server:
        asyncio.run(work(server))


@pytest.mark.parametrize(
    "text", [b"", b"[", b"[]", b"{}", b'{"choices": [3]}', b'{"choices": [{"text": 3}]}', b"[" * 100_000]
)
def test_what_is_no_event_is_said_to_be_none(text: bytes):
    with pytest.raises(GarbageError):
        read_event(text)
