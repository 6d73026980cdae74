"""Clients that connect and say nothing, or half a request's head, are let go; one that asks is answered."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

pytest.importorskip("uvicorn")
import uvicorn

from secondhalf.silent_connections import SilentConnectionsEnd


async def _application(scope: dict, receive, send) -> None:  # type: ignore[no-untyped-def, type-arg]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(SilentConnectionsEnd, "every", 0.3)
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(_application, http=SilentConnectionsEnd, ws="none", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    yield bound.getsockname()[1]
    server.should_exit = True
    thread.join(20)


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_the_silent_are_let_go(port: int, said: bytes):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(said)
        client.settimeout(30)
        assert client.recv(1000) == b""  # the server ended it


def test_who_asks_is_answered_and_may_ask_again(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        for _ in range(3):
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"ok"):
                got = client.recv(1000)
                assert got
                answer += got
            assert answer.startswith(b"HTTP/1.1 200")
            time.sleep(0.1)
