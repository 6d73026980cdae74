"""Checks that raise, hang or take long: a refusal or a flag, as the operator chose, and the other requests go on."""

import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.clean.personal import PersonalSettings  # noqa: E402
from secondhalf.clean.personal.findings import PersonalSpan, find_personal  # noqa: E402
from support.serving import ask, body, get, post, serving  # noqa: E402


@pytest.mark.parametrize(("failed", "finish"), [("block", "content_filter"), ("flag", "stop")])
@pytest.mark.parametrize(
    "code", ["raise KeyError('x')", "import time; time.sleep(30)", "return 3", "import sys; sys.exit(1)"]
)
def test_a_check_that_raises_or_hangs_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, failed: str, finish: str
):
    (tmp_path / "broken_check.py").write_text(f"def check(pair):\n    {code}\n")
    monkeypatch.chdir(tmp_path)
    settings = {"output": {"own": [{"function": "broken_check:check"}]}, "failed_check": failed, "check_seconds": 0.5}
    with serving(tmp_path, settings) as served:
        assert ask(served).choices[0].finish_reason == finish
        served.wait_until(lambda: served.database.read("SELECT * FROM flags"))
        [(name, action)] = served.database.read("SELECT check_name, action FROM flags")
        assert (str(name).endswith(" failed"), action) == (True, failed)
        pieces = list(ask(served, stream=True))
        assert pieces[-1].choices[0].finish_reason == finish


@pytest.mark.parametrize("failed", ["block", "flag"])
def test_a_check_of_requests_that_raises_refuses_or_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: str):
    (tmp_path / "broken_input.py").write_text("def check(pair):\n    raise KeyError('x')\n")
    monkeypatch.chdir(tmp_path)
    settings = {"input": {"own": [{"function": "broken_input:check"}]}, "failed_check": failed}
    with serving(tmp_path, settings) as served:
        if failed == "flag":
            assert ask(served).choices[0].finish_reason == "stop"
            return
        with pytest.raises(openai.BadRequestError) as error:
            ask(served)
        assert error.value.code == "content_filter"
        assert served.engines["taught"].asked == []


@pytest.mark.parametrize("failed", ["block", "flag"])
def test_a_question_that_takes_long_to_mask_holds_up_nobody_and_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: str
):
    over = threading.Event()

    def slow(text: str, settings: PersonalSettings) -> list[PersonalSpan]:
        if len(text) > 1000:
            over.wait(60)
        return find_personal(text, settings)

    monkeypatch.setattr("secondhalf.serve.exchange.find_personal", slow)
    settings = {"input": {"personal": "mask"}, "failed_check": failed, "check_seconds": 5}
    long = body(messages=[{"role": "user", "content": "word " * 2000}])
    with serving(tmp_path, settings) as served, ThreadPoolExecutor(1) as clients:
        waiting = clients.submit(post, served, long)
        try:
            assert ask(served).choices[0].message.content == "Hello there."
            assert not waiting.done()
            status, fields = waiting.result(60)
        finally:
            over.set()
        code = fields.get("error", {}).get("code")
        assert (status, code) == ((400, "content_filter") if failed == "block" else (200, None))
        served.wait_until(lambda: served.database.read("SELECT * FROM flags"))
        assert served.database.read("SELECT check_name, action FROM flags") == [("personal failed", failed)]


@pytest.mark.parametrize(("failed", "status"), [("block", 400), ("flag", 200)])
def test_a_search_of_requests_for_personal_data_that_raises_is_a_check_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: str, status: int
):
    def broken(text: str, settings: PersonalSettings) -> list[PersonalSpan]:
        raise OSError(f"no model for {text}")

    monkeypatch.setattr("secondhalf.serve.exchange.find_personal", broken)
    settings = {"input": {"personal": "mask"}, "failed_check": failed}
    with serving(tmp_path, settings) as served:
        for stream in (False, True):
            request = urllib.request.Request(f"{served.url}/v1/chat/completions", body(stream=stream))
            if status == 200:
                assert urllib.request.urlopen(request, timeout=20).status == 200
            else:
                assert post(served, body(stream=stream))[0] == status
        served.wait_until(lambda: len(served.database.read("SELECT * FROM flags")) == 2)
        assert set(served.database.read("SELECT check_name, action FROM flags")) == {("personal failed", failed)}


@pytest.mark.parametrize("texts", [True, False])
def test_what_a_check_says_as_it_raises_is_in_the_log_where_texts_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, texts: bool
):
    (tmp_path / "telling_check.py").write_text("def check(pair):\n    raise ValueError(pair.prompt + pair.response)\n")
    monkeypatch.chdir(tmp_path)
    own = [{"function": "telling_check:check"}]
    with serving(
        tmp_path, {"input": {"own": own}, "output": {"own": own}, "failed_check": "flag", "log_texts": texts}
    ) as served:
        ask(served)
        assert {"Hello" in get(served, "/metrics"), "there" in get(served, "/metrics")} == {False}
    logged = " ".join(record.getMessage() for record in caplog.records if record.levelname == "ERROR")
    assert "telling_check:check raised" in logged
    assert ("Hello" in logged) == ("there." in logged) == texts
