"""Checks that raise, hang or take long: a refusal or a flag, as the operator chose, and the other requests go on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.clean.personal import PersonalSettings  # noqa: E402
from secondhalf.clean.personal.findings import PersonalSpan, find_personal  # noqa: E402
from support.serving import ask, body, post, serving  # noqa: E402


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
