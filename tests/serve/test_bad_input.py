"""What clients, disks and upstreams do wrong, on a real server: each has its answer in the API's shape, nothing that is to be
kept is lost, and the others go on."""

import json
import socket
import sqlite3
import threading
import time
from pathlib import Path

import pytest

openai = pytest.importorskip("openai")
pytest.importorskip("starlette")

from secondhalf.serve.connection import ClientConnection, raise_file_limit  # noqa: E402
from secondhalf.serve.engines.upstream_engine import UpstreamEngine  # noqa: E402
from secondhalf.serve.errors import ApiError  # noqa: E402
from support.serving import HELLO, ScriptedEngine, Served, ask, body, connect, get, post, read_all, serving  # noqa: E402
from support.upstream_server import FAILURES, UpstreamServer  # noqa: E402

SHAPE = {"message", "type", "param", "code"}
NO_MASKS = {"personal": "off", "template": "off"}
BODIES = {
    404: [body(model="other"), body(model="tiny:other"), body(model="")],
    400: [
        b"", b"{", b"[1]", b"null", b"\xff", b"[" * 50_000, b"{}", b'{"model": ' + b"9" * 5000 + b"}", body(frob=1),
        body(temperature=float("nan")), body(temperature=10**400), body(seed=10**40), body(model="x" * 1000), body(stop=["a"] * 9),
        body(messages=[{"role": "user", "content": None}]), body(messages=[{"role": "wizard", "content": "x"}]),
        body(messages="Hello"), body(stream="yes"), body(n=3), body(tools=[{"type": "function"}]),
        body(messages=[{"role": "user", "content": "half a fox \ud83e"}]), body().replace(b'"tiny"', b'"\\ud83e"'),
    ],
    413: [b" " * 10_000_000],
}  # fmt: skip


def _error_of(raw: bytes) -> tuple[int, dict[str, object]]:
    """Status and error of the bytes of an HTTP answer."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    error = json.loads(rest)["error"]
    assert set(error) == SHAPE
    return int(head.split(b" ")[1]), error


@pytest.mark.parametrize("status", BODIES)
def test_bodies_that_are_wrong(tmp_path: Path, status: int):
    with serving(tmp_path) as served:
        for raw in BODIES[status]:
            answered, fields = post(served, raw)
            assert (answered, set(fields["error"])) == (status, SHAPE), raw[:60]
        assert ask(served).usage.total_tokens == 8


def test_ten_megabytes_that_do_not_say_how_many_they_are(tmp_path: Path):
    with serving(tmp_path) as served:
        connection = connect(served)
        connection.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(160):
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        assert _error_of(read_all(connection))[0] == 413


def test_a_body_without_end_is_hung_up_on(tmp_path: Path):
    with serving(tmp_path) as served:
        connection = connect(served)
        connection.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        endless = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(1000))
        with pytest.raises(OSError, match=r"reset|Broken pipe|timed out"):
            connection.sendall(endless)
        assert ask(served).usage.total_tokens == 8


def test_what_is_no_http_and_no_route(tmp_path: Path):
    with serving(tmp_path) as served:
        for raw in (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n"):
            connection = connect(served)
            connection.sendall(raw)
            assert _error_of(read_all(connection))[0] == 400
        assert (post(served, b"{}", "/v1/nothing")[0], post(served, b"{}", "/v1/models")[0]) == (404, 405)
        with pytest.raises(openai.NotFoundError):
            ask(served, model="other")


@pytest.mark.parametrize("stream", [True, False])
def test_a_prompt_that_is_too_long(tmp_path: Path, stream: bool):
    too_long = ApiError(400, "This model's context is 64 tokens.", code="context_length_exceeded", param="messages")
    with serving(tmp_path, engines={"taught": ScriptedEngine([too_long])}) as served:
        with pytest.raises(openai.BadRequestError) as error:
            ask(served, stream=stream)
        assert error.value.code == "context_length_exceeded"
        assert 'status="400"} 1.0' in get(served, "/metrics")


@pytest.mark.parametrize("stream", [True, False])
def test_stops_that_never_come_hold_nothing_back_for_good(tmp_path: Path, stream: bool):
    engine = ScriptedEngine(["The EN", "D that is no EN"])
    with serving(tmp_path, engines={"taught": engine}) as served:
        asked = ask(served, stop=["END.", "never", "川"], stream=stream)
        text = "".join(p.choices[0].delta.content or "" for p in asked) if stream else asked.choices[0].message.content
        assert text == "The END that is no EN"


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_work(tmp_path: Path, stream: bool):
    engine = ScriptedEngine(["word "] * 2000, pause=0.01)
    with serving(tmp_path, {"keep": {"what": "everything"}}, {"taught": engine}) as served:
        connection = connect(served, body(stream=stream))
        served.wait_until(lambda: engine.asked)
        connection.close()
        served.wait_until(lambda: engine.given_up == 1)
        served.wait_until(lambda: 'status="499"} 1.0' in get(served, "/metrics"))
        served.wait_until(lambda: "requests_in_work 0.0" in get(served, "/metrics"))
        served.wait_until(lambda: served.database.read("SELECT finish FROM answers") == [("",)])


def test_one_that_reads_a_byte_at_a_time_and_one_that_does_not_send_its_body(tmp_path: Path):
    engine = ScriptedEngine(["word " * 2000] * 400)  # 4 MB: more than a socket takes
    limits = {"send_seconds": 0.5, "body_seconds": 0.5, "in_work": 4}
    with serving(tmp_path, {"limits": limits, "output": NO_MASKS}, {"taught": engine}) as served:
        slow = connect(served, body(stream=True), receive_bytes=4096)
        half = connect(served)
        half.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
        served.wait_until(lambda: engine.asked)
        engine.script = ["Quick."]
        start = time.monotonic()
        while engine.given_up == 0 and time.monotonic() - start < 10:
            assert slow.recv(1)
            assert ask(served).choices[0].message.content == "Quick."
        assert engine.given_up == 1
        assert _error_of(read_all(half))[0] == 408
        slow.close()


def test_a_thousand_silent_connections_are_let_go_and_hold_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ClientConnection, "every", 2)
    raise_file_limit()
    with serving(tmp_path) as served:
        silent = [connect(served) for _ in range(1000)]
        for connection in silent[:300]:
            connection.sendall(b"POST /v1/comp")
        assert ask(served).choices[0].message.content == "Hello there."
        for connection in silent:
            assert connection.recv(100) == b""
            connection.close()
        assert ask(served).choices[0].message.content == "Hello there."


def test_more_requests_than_may_be_in_work_are_told_at_once(tmp_path: Path):
    engine = ScriptedEngine(["a"], pause=0.5)
    with serving(tmp_path, {"limits": {"in_work": 1}}, {"taught": engine}) as served:
        first = threading.Thread(target=ask, args=[served])
        first.start()
        served.wait_until(lambda: engine.asked)
        with pytest.raises(openai.InternalServerError) as error:
            ask(served)
        assert (error.value.status_code, error.value.code) == (503, "overloaded")
        first.join()
        assert ask(served).choices[0].message.content == "a"


@pytest.mark.parametrize("kind", ["dies", "no json", "html", "500", "silent"])
def test_an_upstream_that_fails_is_an_error_before_and_within_a_stream(tmp_path: Path, kind: str):
    status, code = FAILURES[kind]
    with UpstreamServer() as upstream:
        engine = UpstreamEngine(f"{upstream.url}#tiny", key="", longest=40, seconds=0.4)
        with serving(tmp_path, engines={"taught": engine}) as served:
            upstream.kind = kind
            with pytest.raises(openai.APIStatusError) as error:
                ask(served)
            assert (error.value.status_code, error.value.code) == (status, code)
            with pytest.raises(openai.APIError) as broken:
                list(ask(served, stream=True))
            assert broken.value.code == code
            upstream.kind = "ok"
            assert ask(served).choices[0].message.content == "It runs past the mill ."


def test_an_upstream_that_dies_and_returns(tmp_path: Path):
    with UpstreamServer() as upstream:
        engine = UpstreamEngine(f"{upstream.url}#tiny", key="", longest=40, seconds=5)
        with serving(tmp_path, engines={"taught": engine}) as served:
            assert ask(served).choices[0].finish_reason == "stop"
            upstream.stop()
            with pytest.raises(openai.InternalServerError) as error:
                ask(served)
            assert error.value.code in {"upstream_unreachable", "upstream_broke_off"}
            upstream.start()
            assert ask(served).choices[0].finish_reason == "stop"


def _kept(served: Served) -> int:
    return len(served.database.read("SELECT * FROM answers"))


def test_a_locked_database_holds_up_nobody_and_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with serving(tmp_path, {"keep": {"what": "everything"}}) as served:
        other = sqlite3.connect(tmp_path / "serve.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(5):
            assert ask(served).choices[0].message.content == "Hello there."
        assert "secondhalf_not_kept 5.0" in get(served, "/metrics")
        assert "cannot be written" in caplog.text
        assert _kept(served) == 0
        other.execute("COMMIT")
        other.close()
        time.sleep(1.1)
        ask(served)
        served.wait_until(lambda: _kept(served) == 6)
        served.wait_until(lambda: "secondhalf_not_kept 0.0" in get(served, "/metrics"))


def test_a_full_disk_refuses_what_it_could_not_keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.serve.kept.keeper.MOST_WAITING", 2)
    with serving(tmp_path, {"keep": {"what": "everything"}}) as served:
        served.database._db.execute("PRAGMA max_page_count = 1")  # SQLite takes what it has: nothing more fits
        served.engines["taught"].script = ["long " * 20_000]
        for _ in range(3):
            assert ask(served).choices[0].finish_reason == "stop"
        with pytest.raises(openai.InternalServerError) as error:
            ask(served)
        assert (error.value.status_code, error.value.code) == (503, "database")
        assert post(served, b"", "/ready")[0] == 405
        served.database._db.execute("PRAGMA max_page_count = 100000")
    with sqlite3.connect(tmp_path / "serve.sqlite") as after:  # the endpoint's end wrote what waited
        assert after.execute("SELECT count(*) FROM answers").fetchone() == (3,)


def test_a_database_that_cannot_be_read_is_said(tmp_path: Path):
    with serving(tmp_path) as served:
        served.database._db.execute("DROP TABLE keys")
        assert post(served, body())[1]["error"]["code"] == "database"
        assert json.loads(get(served, "/health"))["status"] == "ok"


def test_one_request_of_a_thousand_words_and_a_socket_that_is_reset(tmp_path: Path):
    with serving(tmp_path) as served:
        connection = connect(served, body(stream=True))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()  # with RST
        long = [{"role": "user", "content": "word " * 1000}, {"role": "assistant", "content": "x"}, *HELLO]
        assert ask(served, messages=long).choices[0].message.content == "Hello there."
        served.wait_until(lambda: "requests_in_work 0.0" in get(served, "/metrics"))
