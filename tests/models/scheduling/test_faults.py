"""Everything a server can do wrong, one fault a test: a row ends as a pair or as a reject with its reason."""

import logging
import threading
import time
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.costs.budget import Budget, Usage
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from support.bad_server import FINAL, REPEATED, BadServer

QUICK = {"timeout": 0.3, "backoff": 0.01, "attempts": 4, "patience": 20.0, "max_reply_bytes": 100_000}


def _requests(count: int) -> list[Request]:
    return [Request(f"r{i}", (("user", f"say {i}"),), Sampling()) for i in range(count)]


def _send(folder: Path, server: BadServer, count: int = 8, **settings) -> dict[str, Reply | RefusedError]:
    servers = Servers("m", ServerSettings(urls=[server.url], **{**QUICK, **settings}))
    journal = Journal(folder / "j.sqlite")
    try:
        return dict(send_requests(_requests(count), servers.identity, lambda: servers, journal, "test"))
    finally:
        journal.close()


@pytest.mark.parametrize("fault", REPEATED)
def test_a_fault_that_passes_costs_nobody_a_row(tmp_path: Path, fault: str):
    with BadServer(lambda prompt, nth: fault if nth == 0 and prompt.endswith(("1", "5")) else "ok") as server:
        replies = _send(tmp_path, server, timeout=2)  # a busy machine answers late
        assert {row: reply.text for row, reply in replies.items()} == {f"r{i}": f"reply to say {i}" for i in range(8)}
        assert len(server.calls) == 10  # the two that failed, once more each


@pytest.mark.parametrize(
    "fault",
    ["500", "reset", "truncated", "empty", "schema", "html", "redirect", "length", "error", "choice error", *FINAL],
)
def test_a_row_that_fails_for_good_is_refused_with_the_reason(tmp_path: Path, fault: str):
    with BadServer(lambda prompt, nth: fault if prompt == "say 3" else "ok") as server:
        replies = _send(tmp_path, server)
        assert isinstance(replies["r3"], RefusedError)
        assert replies["r3"].fault == ("text" if fault in FINAL else "server")
        assert sum(isinstance(reply, Reply) for reply in replies.values()) == 7
        tried = sum(prompt == "say 3" for prompt, _ in server.calls)
        assert tried == (1 if fault in FINAL else 4)
        reasons = {
            "500": "no: 500", "reset": "broke off", "truncated": "no JSON", "empty": "no choice", "schema": "schema",
            "html": "<html>", "error": "its finish reason is 'error'", "choice error": "gone", "redirect": "not followed", "length": "broke off", "400": "no: 400", "huge": "longer",
            "bomb": "longer than 100000 bytes (server.max_reply_bytes)",
        }  # fmt: skip
        assert reasons[fault] in str(replies["r3"])
        assert len(str(replies["r3"])) < 500
        assert str(replies["r3"]).isprintable()


def test_a_redirect_is_not_followed_and_takes_no_key_along(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("A_KEY", "sk-secret")
    with BadServer(lambda prompt, nth: "redirect") as server:
        _send(tmp_path, server, 2, key_env="A_KEY")
        assert server.heard
        to = {heard.split(b" HTTP", 1)[0] for heard in server.heard}
        assert to == {b"GET /v1/models", b"POST /v1/chat/completions"}  # the first: whether it says anything


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("401", "refuses the key in A_KEY"),
        ("402", "asks for payment"),
        ("403", r"forbids this.*no: 403"),
        ("404", "does not know"),
        ("quota", "no money left"),
    ],
)
def test_what_every_row_would_meet_stops_with_one_sentence(tmp_path: Path, monkeypatch, fault: str, message: str):
    monkeypatch.setenv("A_KEY", "sk-secret")
    with (
        BadServer(lambda prompt, nth: fault if prompt == "say 30" else "ok") as server,
        pytest.raises(UserError, match=message),
    ):
        _send(tmp_path, server, 60, key_env="A_KEY")
    assert len(Journal(tmp_path / "j.sqlite")) >= 15  # what was in flight beside it is kept
    assert b"sk-secret" not in (tmp_path / "j.sqlite").read_bytes() + (tmp_path / "j.sqlite-wal").read_bytes()


def test_a_fault_is_named_however_many_requests_follow(tmp_path: Path):
    with (
        BadServer(lambda prompt, nth: "401" if prompt == "say 300" else "ok") as server,
        pytest.raises(UserError, match="401"),
    ):
        _send(tmp_path, server, 5000)
    assert len(server.calls) < 2000


def test_a_server_that_asks_for_a_day_stops_the_run(tmp_path: Path):
    with BadServer(lambda prompt, nth: "429-day") as server, pytest.raises(UserError, match="tomorrow"):
        _send(tmp_path, server, patience=5)


def test_retry_after_is_obeyed_by_all_requests(tmp_path: Path):
    with BadServer(lambda prompt, nth: "429-after" if nth == 0 and prompt == "say 0" else "ok") as server:
        times: list[float] = []
        inner = server.script

        def script(prompt: str, nth: int) -> str:
            times.append(server._loop.time())
            return inner(prompt, nth)

        server.script = script
        _send(tmp_path, server, 8, max_in_flight=1)
        late = [time - times[0] for time in times]
        first = next(index for index, (_, kind) in enumerate(server.calls) if kind == "429-after")
        assert late[first + 1] - late[first] >= 0.29


def test_another_models_name_is_kept_and_named_once_or_refused(tmp_path: Path, caplog):
    with BadServer(lambda prompt, nth: "model") as server:
        replies = _send(tmp_path, server)
        assert {reply.model for reply in replies.values()} == {"quite-another"}
        assert caplog.text.count("quite-another answered where m was asked") == 1
        (tmp_path / "strict").mkdir()
        strict = _send(tmp_path / "strict", server, other_model="refuse")
        assert all("another model" in str(reply) for reply in strict.values())
    with BadServer(lambda prompt, nth: "dated") as server:
        (tmp_path / "dated").mkdir()
        assert all(isinstance(r, Reply) for r in _send(tmp_path / "dated", server, other_model="refuse").values())


def test_odd_but_whole_replies_are_kept(tmp_path: Path):
    kinds = {"say 0": "surrogate", "say 1": "filtered", "say 2": "thinking"}
    with BadServer(lambda prompt, nth: kinds.get(prompt, "ok")) as server:
        replies = _send(tmp_path, server, 3)
    assert replies["r0"].text == "half ? a pair"
    assert (replies["r1"].text, replies["r1"].finish) == ("", "content_filter")
    assert replies["r2"].text == "<think>let me think</think>\nreply to say 2"


def test_a_key_that_the_server_repeats_is_blotted_out(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("A_KEY", "see the header")
    with BadServer(lambda prompt, nth: "leaks") as server:
        replies = _send(tmp_path, server, 1, key_env="A_KEY")
        assert b"Authorization: Bearer see the header" in server.heard[0]
    assert "your key was [key]" in str(replies["r0"])


def test_a_dead_server_is_paused_tried_and_taken_up_again(tmp_path: Path, caplog):
    caplog.set_level(logging.INFO, "secondhalf")
    with BadServer() as server:
        server.seconds = 0.01
        killed: list[int] = []

        def script(prompt: str, nth: int) -> str:
            if len(server.calls) == 40 and not killed:
                killed.append(1)
                threading.Thread(target=lambda: (server.stop(), time.sleep(0.3), server.start())).start()
            return "ok"

        server.script = script
        replies = _send(tmp_path, server, 200, max_in_flight=16)
        assert sum(isinstance(reply, Reply) for reply in replies.values()) == 200
        assert killed
    assert "is paused: the " in caplog.text
    assert "answers again" in caplog.text


def test_a_server_that_stays_dead_stops_the_run_and_keeps_what_was_done(tmp_path: Path):
    with BadServer() as server:
        assert len(_send(tmp_path, server, 20)) == 20
    with pytest.raises(UserError, match=r"server\.patience"):
        _send(tmp_path, server, 40, patience=0.3)
    assert len(Journal(tmp_path / "j.sqlite")) == 20


def test_of_two_servers_one_dies_and_the_other_does_its_work(tmp_path: Path):
    with BadServer() as good, BadServer() as dying:
        good.seconds = dying.seconds = 0.005
        servers = Servers("m", ServerSettings(urls=[good.url, dying.url], **QUICK))
        before: list[int] = []

        def requests():
            for request in _requests(100_000):  # until the one that died has answered again
                if before and len(dying.calls) > before[0]:
                    return
                yield request

        replies: dict[str, Reply | RefusedError] = {}
        for row, reply in send_requests(
            requests(), servers.identity, lambda: servers, Journal(tmp_path / "j.sqlite"), "test"
        ):
            replies[row] = reply
            if len(replies) == 100:
                dying.stop()
            if len(replies) == 400:
                before.append(len(dying.calls))
                dying.start()
        assert all(isinstance(reply, Reply) for reply in replies.values())
        assert len(dying.calls) > before[0]
        assert len(replies) < 100_000


def _ledger_and_replies(folder: Path, server: BadServer, **settings) -> tuple[Usage, dict[str, Reply | RefusedError]]:
    servers = Servers("m", ServerSettings(urls=[server.url], **{**QUICK, "timeout": 5, **settings}))
    budget = Budget()
    ledger = budget.ledger("teacher", None)
    journal = Journal(folder / "j.sqlite")
    replies = dict(send_requests(_requests(4), servers.identity, lambda: servers, journal, "test", ledger))
    journal.close()
    return budget.spent["teacher"], replies


def test_an_answer_that_was_billed_is_asked_for_once_and_charged_whatever_it_lacks(tmp_path: Path):
    usage = {"prompt_tokens": 50, "completion_tokens": 40}
    bodies = {
        "say 0": {"choices": [{"message": {"reasoning": "Let me think."}, "finish_reason": "length"}], "usage": usage},
        "say 1": {"choices": [], "usage": usage},
        "say 2": {"choices": [{"message": {"content": [{"type": "text", "text": "The river ran."}]}}], "usage": usage},
        "say 3": {"choices": [{"message": {"content": "so"}, "finish_reason": "stop"}]},
    }
    with BadServer(lambda prompt, nth: (200, bodies[prompt])) as server:
        spent, replies = _ledger_and_replies(tmp_path, server)
        assert len(server.calls) == 4
    assert [replies[f"r{n}"].text for n in range(4)] == ["<think>Let me think.</think>", "", "The river ran.", "so"]
    assert (spent.calls, spent.estimated) == (4, 1)
    assert 270 < spent.prompt_tokens + spent.response_tokens < 300


def test_what_failed_upstream_or_came_of_another_model_is_charged_too(tmp_path: Path):
    usage = {"prompt_tokens": 5, "completion_tokens": 2}
    failed = {"choices": [{"message": {"content": "The old mill st"}, "finish_reason": "error"}], "usage": usage}
    with BadServer(lambda prompt, nth: (200, failed) if prompt == "say 1" and nth < 2 else "ok") as server:
        spent, replies = _ledger_and_replies(tmp_path, server)
        assert replies["r1"].text == "reply to say 1"
        assert len(server.calls) == spent.calls == 6
    (tmp_path / "other").mkdir()
    with BadServer(lambda prompt, nth: "model" if prompt == "say 1" else "ok") as server:
        spent, replies = _ledger_and_replies(tmp_path / "other", server, other_model="refuse")
        assert replies["r1"].fault == "server"
        assert len(server.calls) == spent.calls == 4


@pytest.mark.parametrize("status", ["400", "422"])
def test_equal_refusals_in_a_row_stop_before_thousands_are_asked(tmp_path: Path, status: str):
    with (
        BadServer(lambda prompt, nth: status if len(server.calls) >= 100 else "ok") as server,
        pytest.raises(
            UserError, match=f"one request after another in the same words: the server answered {status}: no: {status}"
        ),
    ):
        _send(tmp_path, server, 5000)
    assert 95 <= len(Journal(tmp_path / "j.sqlite")) <= 100
    assert len(server.calls) < 2000


def test_rows_that_were_refused_for_their_texts_do_not_stop_the_run_that_goes_on(tmp_path: Path):
    with BadServer(lambda prompt, nth: "400" if int(prompt[4:]) % 5 == 0 else "ok") as server:
        for _ in range(2):  # the second time only they are left to ask
            replies = _send(tmp_path, server, 100)
            refusals = [reply for reply in replies.values() if isinstance(reply, RefusedError)]
            assert [reply.fault for reply in refusals] == ["text"] * 20
        # Each time one that was answered is asked again, to see whether it still is.
        assert len(server.calls) == 100 + 1 + 20 + 1


def test_a_server_that_refuses_everybody_is_told_from_texts_whatever_the_order(tmp_path: Path):
    with BadServer(lambda prompt, nth: "400" if len(server.calls) in broken or nth else "ok") as server:
        broken = set(range(7, 40, 3))
        for _ in range(2):  # also by the run that goes on before it is mended
            with pytest.raises(UserError, match="one request after another in the same words"):
                _send(tmp_path, server, 20)
            broken = set(range(1000))
        assert len(Journal(tmp_path / "j.sqlite")) > 8


def test_one_of_two_servers_that_refuses_everybody_is_found(tmp_path: Path):
    with BadServer(lambda prompt, nth: "422") as broken, BadServer() as good:
        servers = Servers("m", ServerSettings(urls=[good.url, broken.url], **QUICK))
        journal = Journal(tmp_path / "j.sqlite")
        with pytest.raises(UserError, match="in the same words"):
            dict(send_requests(_requests(60), servers.identity, lambda: servers, journal, "test"))
