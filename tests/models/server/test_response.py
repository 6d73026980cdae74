"""What servers answer is read with distrust; what is sent is what the settings say."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.models.backends import teacher
from secondhalf.models.request import Reply, Request, Sampling, TroubleError
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.response import error_message, is_another, read_reply, retry_after
from secondhalf.models.server.settings import ServerSettings
from secondhalf.teach.settings import TeachSettings

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["choices", "message", "content", "text", "usage", "finish_reason", "model", "prompt_tokens",
                         "logprobs", "token", "top_logprobs", "logprob"]), inner),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(_JSON, st.booleans())
def test_any_json_is_a_reply_or_trouble(answer, chat: bool):
    for body in (json.dumps(answer).encode(), json.dumps({"choices": [answer]}).encode()):
        try:
            reply = read_reply(body, chat=chat)
        except TroubleError:
            continue
        assert isinstance(reply, Reply)
        reply.text.encode()
        assert reply.prompt_tokens >= 0


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=2000), st.text(max_size=20))
def test_any_bytes_are_one_printable_line(body: bytes, secret: str):
    message = error_message(body, secret)
    assert message.isprintable()
    assert 0 < len(message) < 2500


def test_log_probabilities_are_kept_of_the_texts_own_first_token():
    def kept(text: str, token: object, top: object, **more: str) -> str:
        logprobs = {"content": [{"token": token, "logprob": -0.1, "top_logprobs": top}]}
        choice = {"message": {"content": text, **more}, "finish_reason": "stop", "logprobs": logprobs}
        return read_reply(json.dumps({"choices": [choice]}).encode(), chat=True).first_tokens

    top = [{"token": "m", "logprob": -0.1}, {"token": "M", "logprob": -2}]
    assert json.loads(kept("m", "m", top)) == {"m": -0.1, "M": -2}
    assert kept("m", "Hm", top, reasoning_content="Hm, the first.") == ""  # a thought's
    assert [kept("m", token, top_value) for token, top_value in (("", top), (None, top), ("m", None), ("m", "x"))] == [
        ""
    ] * 4
    odd = [{"token": "a", "logprob": value} for value in (float("nan"), 10**400, "0", None)] + [7, {"logprob": -1}]
    assert kept("m", "m", odd) == ""
    assert json.loads(kept("m", "m", odd + top)) == {"m": -0.1, "M": -2}


def test_deeply_nested_json_is_trouble():
    with pytest.raises(TroubleError):
        read_reply(b"[" * 100_000, chat=True)


def test_words_are_found_wherever_servers_put_them():
    for body in ('{"error": {"message": "too long"}}', '{"error": "too long"}', '{"detail": "too long"}', "too long"):
        assert error_message(body.encode()) == "too long"
    assert error_message(b'{"error": "key sk-1 is wrong\\u001b[2J"}', "sk-1") == "key [key] is wrong⟨U+001B⟩[2J"
    assert error_message(b"") == "(nothing)"
    assert len(error_message(b"x" * 10_000)) == 301


def test_retry_after_is_seconds_or_a_date():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 28 <= retry_after(later) <= 30
    assert retry_after("7") == 7
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert [retry_after(value) for value in (None, "", "soon", "-5", "１２", "9" * 400)] == [None] * 6


def test_a_dated_name_or_a_path_is_the_same_model():
    assert not is_another("gpt-4o-mini", "gpt-4o-mini-2024-07-18")
    assert not is_another("org/model", "model")
    assert not is_another("m", "")
    assert is_another("gpt-4o", "mistral")


def _body(**settings) -> dict:
    request = Request("r", (("system", "Be brief."), ("user", "The river")), Sampling(max_tokens=9))
    return Servers("m", ServerSettings(urls=["http://127.0.0.1:1/v1"], **settings)).body(request)


def test_what_is_sent():
    chat = _body()
    assert chat["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "The river"}]
    assert (chat["model"], chat["max_tokens"], chat["temperature"], chat["top_p"]) == ("m", 9, 0.7, 0.95)
    assert _body(api="completions")["prompt"] == "Be brief.\n\nThe river"
    other = _body(extra={"max_tokens": None, "max_completion_tokens": 9})
    assert "max_tokens" not in other
    assert other["max_completion_tokens"] == 9


def test_an_azure_address_keeps_its_version():
    url = "https://name.openai.azure.com/openai/deployments/mine?api-version=2024-10-21"
    address = "https://name.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    assert ServerSettings().address(url) == address
    assert ServerSettings(api="completions").address("http://h:8000/v1/") == "http://h:8000/v1/completions"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/v1",
        "h:8000/v1",
        "http://",
        "https://user:pw@h/v1",
        "https://h/v1?key=sk-1",
        "http://h:99999/v1",
        "http://h/a b",
        "http://川/v1",
    ],
)
def test_an_address_with_a_key_or_without_a_host_is_refused(url: str):
    with pytest.raises(ValidationError, match=r"address|[Pp]ort"):
        ServerSettings(urls=[url])


def test_what_decides_a_reply_is_the_name_the_api_and_the_extra_fields_not_the_address():
    one = ServerSettings(urls=["http://a:1/v1"], timeout=5, max_in_flight=3)
    assert one.identity("m") == ServerSettings(urls=["http://b:2/v1"]).identity("m")
    others = [ServerSettings(api="completions"), ServerSettings(extra={"reasoning_effort": "low"})]
    assert len({one.identity("m"), one.identity("n"), *(other.identity("m") for other in others)}) == 4


def test_a_key_that_is_not_set_is_named_before_anything_is_asked(monkeypatch):
    monkeypatch.delenv("NO_KEY", raising=False)
    settings = TeachSettings(model="m", server=ServerSettings(urls=["http://127.0.0.1:1/v1"], key_env="NO_KEY"))
    identity, make = teacher(settings.model, settings.server)
    assert identity == "server:chat:m"
    with pytest.raises(UserError, match="export NO_KEY"):
        make()
    monkeypatch.setenv("NO_KEY", "two\r\nlines: here")
    with pytest.raises(UserError, match="no key has"):
        make()
