"""Requests as clients of OpenAI's API send them: Open WebUI (its routers/openai.py) and LangChain (langchain-openai), replayed."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.serve.keys import ClientKeys  # noqa: E402
from support.serving import HELLO, ScriptedEngine, Served, serving  # noqa: E402


def _send(served: Served, path: str, key: str, fields: dict[str, Any] | None = None) -> bytes:
    """As aiohttp does for Open WebUI: its headers, JSON, no OpenAI client."""
    headers = {
        "Authorization": f"Bearer {key}", "Content-Type": "application/json", "X-OpenWebUI-User-Name": "Ann",
        "X-OpenWebUI-User-Id": "1", "X-OpenWebUI-User-Email": "ann@example.com", "X-OpenWebUI-User-Role": "user",
    }  # fmt: skip
    body = None if fields is None else json.dumps(fields).encode()
    with urllib.request.urlopen(urllib.request.Request(served.url + path, body, headers), timeout=20) as answer:
        return bytes(answer.read())


def _events(raw: bytes) -> list[Any]:
    lines = [line.removeprefix(b"data: ") for line in raw.split(b"\n\n") if line]
    assert lines[-1] == b"[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_open_webui(tmp_path: Path):
    with serving(tmp_path) as served:
        key = ClientKeys(served.database).make("webui", 0, 0)
        models = json.loads(_send(served, "/v1/models", key))
        assert (models["object"], [model["id"] for model in models["data"]]) == ("list", ["tiny", "tiny:taught"])
        # A chat, as its page sends it, with the parameters that its settings may add.
        system = {"role": "system", "content": "You answer in one sentence."}
        chat = {"stream": True, "model": "tiny", "messages": [system, *HELLO], "stream_options": {"include_usage": True},
                "temperature": 0.8, "top_p": 0.9, "seed": 42, "stop": ["</s>"], "max_tokens": 128, "frequency_penalty": 0.0}  # fmt: skip
        events = _events(_send(served, "/v1/chat/completions", key, chat))
        assert events[0]["choices"][0]["delta"]["role"] == "assistant"
        assert "".join(e["choices"][0]["delta"].get("content", "") for e in events if e["choices"]) == "Hello there."
        assert events[-1]["usage"]["completion_tokens"] == 3
        # The title that it asks for in the background.
        title = {"model": "tiny", "messages": HELLO, "stream": False, "max_completion_tokens": 1000}
        assert json.loads(_send(served, "/v1/chat/completions", key, title))["choices"][0]["message"]["content"]


def test_langchain_s_chat(tmp_path: Path):
    with serving(tmp_path) as served:
        client = served.client()
        messages: Any = [
            {"content": "Answer briefly.", "role": "system"},
            {"content": "What runs?", "role": "user"},
            {"content": "A river.", "role": "assistant"},
            {"content": [{"type": "text", "text": "Where?"}], "role": "user"},
        ]
        fields = {"messages": messages, "model": "tiny", "temperature": 0.7, "max_completion_tokens": 64}
        answer = client.chat.completions.with_raw_response.create(**fields, stream=False).parse()
        assert answer.choices[0].message.content == "Hello there."
        assert answer.usage.model_dump()["total_tokens"] == 8
        asked = served.engines["taught"].asked[-1]
        assert (asked.turns, asked.max_tokens) == (("Answer briefly.\n\nWhat runs?", "A river.", "Where?"), 64)
        stream = client.chat.completions.create(**fields, stream=True, stream_options={"include_usage": True})
        chunks = list(stream)
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello there."
        assert chunks[-1].usage.total_tokens == 8


def test_langchain_s_plain_completions_come_in_batches(tmp_path: Path):
    fields: dict[str, Any] = {
        "model": "tiny", "max_tokens": 256, "temperature": 0.7, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0,
        "n": 1, "logit_bias": {}, "seed": None, "logprobs": None,
    }  # fmt: skip
    with serving(tmp_path, {"keep": {"what": "everything"}}) as served:
        client = served.client()
        answer = client.completions.create(prompt=["One", "Two", "Three"], **fields)
        assert [(choice.index, choice.text) for choice in answer.choices] == [(n, "Hello there.") for n in range(3)]
        assert answer.usage.total_tokens == 24
        assert sorted(asked.turns[0] for asked in served.engines["taught"].asked) == ["One", "Three", "Two"]
        served.wait_until(lambda: len(served.database.read("SELECT request FROM answers")) == 3)
        request = min(str(row[0]) for row in served.database.read("SELECT request FROM answers"))
        assert served.database.forget(request) == 3
        stream = client.completions.create(prompt="One", stream=True, **fields)
        assert "".join(chunk.choices[0].text for chunk in stream if chunk.choices) == "Hello there."


def test_one_of_several_prompts_that_fails_gives_the_others_up(tmp_path: Path):
    from support.serving import FAILS

    with serving(tmp_path, engines={"taught": ScriptedEngine([FAILS])}) as served:
        with pytest.raises(openai.InternalServerError):
            served.client().completions.create(model="tiny", prompt=["One", "Two"])
        engine = served.engines["taught"]
        served.wait_until(lambda: engine.ended == len(engine.asked))
