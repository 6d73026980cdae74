"""The socket that the server opens."""

import asyncio
import socket

import pytest
from starlette.applications import Starlette

from secondhalf.errors import UserError
from secondhalf.review.web import server


def test_answers_are_not_held_back():
    """Accepted connections send at once: with Nagle's delay every answer took 40 ms more."""
    bound = server._socket("127.0.0.1", 0)

    async def accepted() -> int:
        seen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(connected, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname()[:2])
            writer.close()
            return await seen

    assert asyncio.run(accepted()) == 1


@pytest.mark.parametrize("host", ["a" * 64, "..", "\ud800"])
def test_a_host_that_is_none_is_said(host: str):
    with pytest.raises(UserError, match="cannot be opened"):
        server.serve_review(Starlette(), host, 0, lambda address: None)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="choose another --port"):
        server.serve_review(None, "127.0.0.1", taken.getsockname()[1], print)  # type: ignore[arg-type]
