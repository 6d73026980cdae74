"""The HTTP client: every way to frame and encode a body, in any pieces; what is no HTTP is an error and never a reply."""

import asyncio
import gzip
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.server.http_client import Client
from secondhalf.models.server.http_connection import BrokenError, Response, TooLongError, UnreachableError

TEXT = b"hello, " * 100
WHOLE = {
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello": b"hello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n": b"hello",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After:  7 \r\nContent-Length: 2\r\n\r\nno": b"no",
    b"HTTP/1.1 204 Nothing\r\n\r\n": b"",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nTrailer: 1\r\n\r\n": b"x",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT, mtime=0): TEXT,
    b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(TEXT): TEXT,
}
BROKEN = [
    b"SSH-2.0 hello\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 OK\r\n\r\n",
    b"x" * 70_000,
    b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000,
    b"HTTP/1.1 200 OK\r\n" + b"A: x\r\n" * 1000 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello",
]
HALF = [
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(TEXT, mtime=0)[:-4],
    b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n",
    b"",
]
TOO_LONG = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + b"x" * 2000,
    b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000,
]

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _serve(handler: Handler, use: Callable[[str], Awaitable[object]]) -> object:
    """What `use` gives, with the address of a server on the process's own loop."""

    async def serve() -> object:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        try:
            return await use(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1?a=b")
        finally:
            server.close()

    return run_on_loop(serve())


async def _hear(reader: asyncio.StreamReader) -> bytes:
    """A request whose body is "hi"."""
    return await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(2)


def _exchange(message: bytes, size: int = 10**9, longest: int = 1000) -> Response:
    """The answer that a client makes of this message, sent in pieces of this size before the connection is closed."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _hear(reader)
        try:
            for start in range(0, len(message), size):
                writer.write(message[start : start + size])
                await writer.drain()
                await asyncio.sleep(0)
        except ConnectionError:  # the client had enough
            pass
        writer.close()

    response = _serve(handler, lambda url: Client(url, {}, 5, longest).post(b"hi"))
    assert isinstance(response, Response)
    return response


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(WHOLE)), st.integers(1, 40))
def test_a_body_is_whole_in_whatever_pieces_it_comes(message: bytes, size: int):
    assert _exchange(message, size).body == WHOLE[message]


def test_headers_are_read_and_a_body_may_end_with_the_connection():
    busy = _exchange(sorted(WHOLE)[0])
    assert (busy.status, busy.headers["retry-after"]) == (503, "7")
    assert _exchange(b"HTTP/1.0 200 OK\r\n\r\nto the end").body == b"to the end"


@pytest.mark.parametrize("message", [*BROKEN, *HALF])
def test_what_is_no_http_or_not_whole_is_broken(message: bytes):
    with pytest.raises(BrokenError):
        _exchange(message)


@pytest.mark.parametrize("message", TOO_LONG)
def test_a_body_too_long_is_not_held(message: bytes):
    with pytest.raises(TooLongError):
        _exchange(message)


def test_a_decompression_bomb_takes_no_memory():
    bomb = gzip.compress(bytes(200_000_000), mtime=0)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Encoding: gzip\r\n\r\n" % len(bomb)
    tracemalloc.start()
    try:
        with pytest.raises(TooLongError):
            _exchange(head + bomb, longest=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("status", [b"200 OK", b"503 Busy"])
def test_a_download_that_drips_is_given_up_however_long_its_pauses(status: bytes):
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(1000):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()

    async def use(url: str) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Client(url.partition("?")[0], {}, 0.2, 1000).download("/f", BytesIO(), 10**6), 5)

    start = time.monotonic()
    _serve(handler, use)
    assert time.monotonic() - start < 4


def test_a_quick_download_and_a_refusal_of_any_length_are_read():
    body = b"line\n" * 200_000

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        status = b"403 No" if b"/no" in head else b"200 OK"
        with suppress(ConnectionError):
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
        writer.close()

    async def use(url: str) -> None:
        client, file = Client(url.partition("?")[0], {}, 5, 1000), BytesIO()
        assert (await client.download("/f", file, 10**7)).status == 200
        assert file.getvalue() == body
        refused = await client.send("GET", "/no", {})
        assert refused.status == 403
        assert refused.body
        assert body.startswith(refused.body)

    _serve(handler, use)


def test_a_connection_is_kept_and_the_key_is_in_its_header_alone():
    heard: list[bytes] = []
    connections: list[int] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        for _ in range(2):
            heard.append(await _hear(reader))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\nok")
        await reader.read()
        writer.close()

    async def use(url: str) -> None:
        client = Client(url, {"api-key": "k"}, 5, 1000)
        assert [(await client.post(b"hi")).body for _ in range(2)] == [b"ok", b"ok"]

    _serve(handler, use)
    assert len(connections) == 1
    assert heard[0].startswith(b"POST /v1?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert heard[0].count(b"api-key: k\r\n") == 1
    assert heard[0] == heard[1]  # and so without a cookie


def test_what_a_server_says_unasked_is_nobodys_reply():
    connections: list[int] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        await _hear(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nreply")
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale")
        await reader.read()
        writer.close()

    async def use(url: str) -> None:
        for _ in range(3):
            assert (await Client(url, {}, 5, 1000).post(b"hi")).body == b"reply"
            await asyncio.sleep(0.1)

    _serve(handler, use)
    assert len(connections) == 3


def test_a_post_that_may_have_been_paid_is_not_sent_again():
    heard: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await _hear(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        heard.append(await _hear(reader))
        writer.close()  # on a connection that was kept, as a server does that is started again

    async def use(url: str) -> None:
        client = Client(url, {}, 5, 1000)
        await client.post(b"hi")
        with pytest.raises(BrokenError):
            await client.post(b"hi")

    _serve(handler, use)
    assert len(heard) == 2


def test_a_closed_port_is_unreachable_and_a_silent_one_times_out():
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def use(url: str) -> None:
        with pytest.raises(TimeoutError):
            await Client(url, {}, 0.05, 1000).post(b"hi")
        with pytest.raises(UnreachableError):
            await Client("http://127.0.0.1:1/v1", {}, 5, 1000).post(b"hi")
        with pytest.raises(UnreachableError):
            await Client("http://no..host/v1", {}, 5, 1000).post(b"hi")

    _serve(handler, use)


def test_the_library_is_loaded_with_the_first_server_and_says_nothing_at_the_end():
    code = """
import sys
from secondhalf.models.server import openai
from secondhalf.models.batch_api import client
from secondhalf.models.request import Request, Sampling
from secondhalf.models.server.settings import ServerSettings
assert "aiohttp" not in sys.modules
try:
    openai.Servers("m", ServerSettings(urls=["http://127.0.0.1:1/v1"])).generate(Request("r", (("user", "hi"),), Sampling()))
except Exception as error:
    print(error)
assert "aiohttp" in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cannot be reached" in done.stdout
    assert done.stderr == ""
