"""A real server on 127.0.0.1, called by the official client, and by sockets where a client is slow or hostile."""

import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.serve.checks.recited import RecitedPassages  # noqa: E402
from secondhalf.serve.keys import ClientKeys  # noqa: E402
from support.serving import FAILS, HELLO, ScriptedEngine, ask, body, get, post, serving  # noqa: E402


def test_the_official_client_is_answered(tmp_path: Path):
    with serving(tmp_path) as served:
        answer = ask(served)
        assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Hello there.", "stop")
        assert (answer.model, answer.usage.total_tokens) == ("tiny:taught", 8)
        pieces = list(ask(served, stream=True, stream_options={"include_usage": True}))
        assert "".join(p.choices[0].delta.content or "" for p in pieces if p.choices) == "Hello there."
        assert pieces[-1].usage.completion_tokens == 3
        plain = served.client().completions.create(model="tiny:taught", prompt="The river", stop=" the")
        assert (plain.choices[0].text, served.engines["taught"].asked[-1].turns) == ("Hello", ("The river",))
        assert (
            "".join(
                p.choices[0].text for p in served.client().completions.create(model="tiny", prompt="x", stream=True)
            )
            == "Hello there."
        )
        assert [model.id for model in served.client().models.list()] == ["tiny", "tiny:taught"]
        assert served.client().models.retrieve("tiny:taught").id == "tiny:taught"
        raw = served.client().chat.completions.with_raw_response.create(model="tiny", messages=HELLO)
        assert raw.headers["x-secondhalf-arm"] == "taught"
        assert raw.headers["x-request-id"].startswith("req-")


def test_an_engine_that_fails_is_an_error_before_and_within_a_stream(tmp_path: Path):
    engine = ScriptedEngine([FAILS])
    with serving(tmp_path, engines={"taught": engine}) as served:
        for stream in (False, True):
            with pytest.raises(openai.APIStatusError) as error:
                ask(served, stream=stream)
            assert error.value.status_code == 502
        engine.script = ["Half of it is here, ", "and then ", FAILS]
        with pytest.raises(openai.APIError, match="upstream died"):
            list(ask(served, stream=True))
        engine.script = ["Fine."]
        assert ask(served).choices[0].message.content == "Fine."


def test_personal_data_is_masked_and_flagged_and_forgotten(tmp_path: Path):
    engine = ScriptedEngine(["Write to ta", "ro@exam", "ple.com ", "soon."])
    with serving(tmp_path, engines={"taught": engine}) as served:
        pieces = [p.choices[0].delta.content or "" for p in ask(served, stream=True) if p.choices]
        assert "".join(pieces) == "Write to [email] soon."
        assert not any("taro" in piece or "exam" in piece for piece in pieces)
        served.wait_until(lambda: served.database.read("SELECT * FROM flags"))
        [(request, question, answer, sent, finish)] = served.database.read(
            "SELECT request, question, answer, sent, finish FROM answers"
        )
        assert (json.loads(str(question)), answer) == (["Hello"], "Write to taro@example.com soon.")
        assert (sent, finish) == ("Write to [email] soon.", "stop")
        assert served.database.read("SELECT request, side, check_name, action FROM flags") == [
            (request, "output", "personal", "mask")
        ]
        assert served.database.forget(str(request)) == 1
        assert served.database.read("SELECT * FROM answers") + served.database.read("SELECT * FROM flags") == []
        assert b"taro@" not in b"".join(path.read_bytes() for path in tmp_path.glob("serve.sqlite*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("serve.sqlite*")} == {0o600}


@pytest.mark.parametrize(("what", "kept"), [("nothing", 0), ("flags", 1), ("everything", 2)])
def test_what_is_kept_is_the_operator_s_choice(tmp_path: Path, what: str, kept: int):
    with serving(tmp_path, {"keep": {"what": what}}) as served:
        ask(served)
        served.engines["taught"].script = ["go on " * 40]
        ask(served)
        assert len(served.database.read("SELECT * FROM answers")) == kept
        assert served.database.remove_older(1) == 0
        assert served.database.remove_older(-1) == kept


def test_a_blocked_answer_is_withheld(tmp_path: Path):
    text = "The river runs past the old mill and the house of the miller, who sleeps until noon every day of the week."
    settings = {"output": {"recited": "block", "loops": "block", "personal": "block"}}
    engine = ScriptedEngine(
        [word + " " for word in f"He wrote this: {text} And more of the same came after it.".split()]
    )
    recited = RecitedPassages([text], span=50, span_spaceless=25)
    with serving(tmp_path, settings, {"taught": engine}, recited=recited) as served:
        answer = ask(served).choices[0]
        assert (answer.message.content, answer.finish_reason) == ("", "content_filter")
        pieces = list(ask(served, stream=True))
        assert pieces[-1].choices[0].finish_reason == "content_filter"
        assert text[:80] not in "".join(p.choices[0].delta.content or "" for p in pieces)
        assert engine.given_up == 2  # the rest is not even written
        engine.script = ["Mail a.b@example.com now."]
        assert ask(served).choices[0].finish_reason == "content_filter"


def test_an_answer_ends_before_a_template_s_marker(tmp_path: Path):
    engine = ScriptedEngine(["It runs.", "<|im_", "end|>\n<|im_start|>user\n", "More? " * 20])
    with serving(tmp_path, engines={"taught": engine}) as served:
        assert ask(served).choices[0].message.content == "It runs."
        assert "secondhalf_checks_not_passed_total" in get(served, "/metrics")


@pytest.mark.parametrize(
    ("action", "content", "finish"),
    [
        ("flag", "It runs.\nUser: And then? " + "More. " * 20, "stop"),
        ("mask", "It runs.", "stop"),
        ("block", "", "content_filter"),
    ],
)
def test_an_answer_that_goes_on_as_the_user(tmp_path: Path, action: str, content: str, finish: str):
    engine = ScriptedEngine(["It runs.", "\n", "Us", "er", ": And then? ", "More. " * 20])
    with serving(tmp_path, {"output": {"next_turn": action, "loops": "off"}}, {"taught": engine}) as served:
        [choice] = ask(served).choices
        assert (choice.message.content or "", choice.finish_reason) == (content.rstrip(), finish)
        assert served.database.read("SELECT check_name, action FROM flags") == [("next_turn", action)]


def test_personal_data_in_a_request_is_masked_or_refused(tmp_path: Path):
    question: Any = [{"role": "user", "content": "I am taro@example.com, who are you?"}]
    with serving(tmp_path, {"input": {"personal": "mask"}}) as served:
        ask(served, messages=question)
        assert served.engines["taught"].asked[-1].turns == ("I am [email], who are you?",)
    with serving(tmp_path / "b", {"input": {"personal": "block"}}) as served:
        with pytest.raises(openai.BadRequestError) as error:
            ask(served, messages=question)
        assert error.value.code == "content_filter"
        assert served.engines["taught"].asked == []


@pytest.mark.parametrize(("failed", "finish"), [("block", "content_filter"), ("flag", "stop")])
def test_a_check_that_raises_is_never_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: str, finish: str):
    (tmp_path / "broken_check.py").write_text("def check(pair):\n    raise KeyError('x')\n")
    monkeypatch.chdir(tmp_path)
    settings = {"output": {"own": [{"function": "broken_check:check"}]}, "failed_check": failed}
    with serving(tmp_path, settings) as served:
        assert ask(served).choices[0].finish_reason == finish
        [(name, action)] = served.database.read("SELECT check_name, action FROM flags")
        assert (name, action) == ("broken_check:check failed", failed)


def test_keys_their_limits_and_their_end(tmp_path: Path):
    with serving(tmp_path) as served:
        keys = ClientKeys(served.database)
        key, narrow = keys.make("ann", 0, 0), keys.make("bob", 2, 0)
        few = keys.make("eve", 0, 5)
        assert key.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("serve.sqlite*"))
        assert post(served, body())[0] == 401
        with pytest.raises(openai.AuthenticationError):
            served.client("sk-wrong").models.list()
        asked = {"model": "tiny", "messages": HELLO}
        for _ in range(3):
            served.client(key).chat.completions.create(**asked)
        for _ in range(2):
            served.client(narrow).chat.completions.create(**asked)
        served.client(few).chat.completions.create(**asked)  # 8 tokens of 5
        for limited in (narrow, few):
            with pytest.raises(openai.RateLimitError) as error:
                served.client(limited).chat.completions.create(**asked)
            assert int(error.value.response.headers["retry-after"]) >= 1
        keys.revoke("ann")
        with pytest.raises(openai.AuthenticationError):
            served.client(key).models.list()
        assert json.loads(get(served, "/health"))["status"] == "ok"


def test_the_metrics_are_prometheus_s_and_count_by_arm(tmp_path: Path):
    from prometheus_client.parser import text_string_to_metric_families

    engines = {"taught": ScriptedEngine(), "tuned": ScriptedEngine(["go on " * 40])}
    with serving(tmp_path, engines=engines, shares={"taught": 0.5, "tuned": 0.5}) as served:
        for arm in ("taught", "taught", "tuned"):
            ask(served, model=f"tiny:{arm}")
        text = get(served, "/metrics")
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert values["secondhalf_requests_total", "200", "taught"] == 2
    assert values["secondhalf_requests_total", "200", "tuned"] == 1
    assert values["secondhalf_checks_not_passed_total", "flag", "loops", "output"] == 1
    assert values["secondhalf_request_seconds_count",] == values["secondhalf_first_text_seconds_count",] == 3
    assert {value for key, value in values.items() if key[0] == "secondhalf_tokens_total"} == {10.0, 6.0, 5.0, 1.0}


def test_the_canary_has_its_share_and_says_so(tmp_path: Path):
    engines = {"taught": ScriptedEngine(["a"]), "tuned": ScriptedEngine(["b"])}
    with serving(tmp_path, engines=engines, shares={"taught": 0.8, "tuned": 0.2}) as served:
        client = served.client()
        answers = [client.chat.completions.create(model="tiny", messages=HELLO) for _ in range(60)]
        counts = Counter((answer.model, answer.choices[0].message.content) for answer in answers)
        assert set(counts) == {("tiny:taught", "a"), ("tiny:tuned", "b")}
        assert 2 <= counts["tiny:tuned", "b"] <= 28  # below one in ten million by chance
        assert ask(served, model="tiny:tuned").choices[0].message.content == "b"


def test_the_log_has_no_texts_unless_it_is_asked_for_them(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    for texts in (False, True):
        caplog.clear()
        with caplog.at_level("INFO", "secondhalf"), serving(tmp_path / str(texts), {"log_texts": texts}) as served:
            ask(served)
        [line] = [json.loads(r.message) for r in caplog.records if r.name == "secondhalf.serve.exchange"]
        assert (line["status"], line["prompt_tokens"], line["answer_tokens"]) == (200, 5, 3)
        assert ("Hello" in json.dumps(line)) == texts
