"""A server's socket listens at once, and says that it is of TCP."""

import asyncio
import socket

import pytest

from secondhalf.listening_socket import listening_socket


def test_it_listens_and_is_known_to_be_of_tcp():
    with listening_socket("127.0.0.1", 0, 8) as listening:
        assert listening.proto == socket.IPPROTO_TCP  # without it asyncio leaves Nagle's delay on
        with socket.create_connection(listening.getsockname(), timeout=10):
            pass


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("a" * 64 + ".", 0)])
def test_an_address_that_is_none_raises(host: str, port: int):
    with pytest.raises((OSError, OverflowError, ValueError)):
        listening_socket(host, port, 8).close()


def test_answers_are_not_held_back():
    """Accepted connections send at once: with Nagle's delay every answer took 40 ms more."""
    bound = listening_socket("127.0.0.1", 0, 8)

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
