"""The HTTP client: every way to frame a body, in any pieces; what is no HTTP is an error and never a reply."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.models.server.http_client import Client, UnreachableError
from secondhalf.models.server.http_connection import BrokenError, Connection, Response, TooLongError

WHOLE = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello": b"hello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n": b"hello",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After:  7 \r\nContent-Length: 2\r\n\r\nno": b"no",
    b"HTTP/1.1 204 Nothing\r\n\r\n": b"",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n": b"x",
}
BROKEN = [
    b"SSH-2.0 hello\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 OK\r\n\r\n",
    b"x" * 70_000,
]


class _Wire(asyncio.Transport):
    """A connection without a network."""

    def write(self, data: bytes) -> None:
        pass

    def abort(self) -> None:
        pass

    close = abort


def _exchange(feed: Callable[[Connection], None]) -> Response:
    async def run() -> Response:
        connection = Connection(1000, lambda connection: None)
        connection.connection_made(_Wire())
        answer = asyncio.ensure_future(connection.exchange(b""))
        await asyncio.sleep(0)
        feed(connection)
        return await answer

    return asyncio.run(run())


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(WHOLE)), st.integers(1, 40))
def test_a_body_is_whole_in_whatever_pieces_it_comes(message: bytes, size: int):
    def feed(connection: Connection) -> None:
        for start in range(0, len(message), size):
            connection.data_received(message[start : start + size])

    assert _exchange(feed).body == WHOLE[message]


def test_headers_are_read_and_a_body_may_end_with_the_connection():
    busy = _exchange(lambda c: c.data_received(sorted(WHOLE)[0]))
    assert (busy.status, busy.headers["retry-after"]) == (503, "7")

    def feed(connection: Connection) -> None:
        connection.data_received(b"HTTP/1.0 200 OK\r\n\r\nto the ")
        connection.data_received(b"end")
        connection.connection_lost(None)

    assert _exchange(feed).body == b"to the end"


@pytest.mark.parametrize("message", BROKEN)
def test_what_is_no_http_is_broken(message: bytes):
    with pytest.raises(BrokenError):
        _exchange(lambda connection: connection.data_received(message))


@pytest.mark.parametrize(
    "message",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
        b"",
    ],
)
def test_half_a_body_is_broken(message: bytes):
    def feed(connection: Connection) -> None:
        if message:
            connection.data_received(message)
        connection.connection_lost(None)

    with pytest.raises(BrokenError):
        _exchange(feed)


@pytest.mark.parametrize(
    "message",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000,
    ],
)
def test_a_body_too_long_is_not_held(message: bytes):
    with pytest.raises(TooLongError):
        _exchange(lambda connection: connection.data_received(message))


def _serve(
    client: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    use: Callable[[str], Awaitable[None]],
):
    async def run() -> None:
        server = await asyncio.start_server(client, "127.0.0.1", 0)
        await use(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1?a=b")
        server.close()

    asyncio.run(run())


def test_a_connection_is_kept_and_the_key_is_in_its_header_alone():
    heard: list[bytes] = []
    connections: list[int] = []

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        for _ in range(2):
            heard.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(2))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await reader.read()
        writer.close()

    async def use(url: str) -> None:
        client = Client(url, {"api-key": "k"}, 5, 1000)
        assert [(await client.post(b"hi")).body for _ in range(2)] == [b"ok", b"ok"]
        client.close()

    _serve(client, use)
    assert len(connections) == 1
    assert heard[0].startswith(b"POST /v1?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert heard[0].count(b"api-key: k\r\n") == 1


def test_a_closed_port_is_unreachable_and_a_silent_one_times_out():
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def use(url: str) -> None:
        with pytest.raises(TimeoutError):
            await Client(url, {}, 0.05, 1000).post(b"hi")
        with pytest.raises(UnreachableError):
            await Client("http://127.0.0.1:1/v1", {}, 5, 1000).post(b"hi")

    _serve(client, use)
