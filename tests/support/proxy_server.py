"""A proxy on 127.0.0.1 that leads every request, forwarded or tunnelled, to one local port."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Proxy:
    """`heads` are the heads of the first requests on each connection; `status` is the refusal of each, 0 for none.

    `plain` is what went through in both directions, to be searched for what a proxy must not see.
    """

    def __init__(self, target: int) -> None:
        self.target, self.port, self.status = target, 0, 0
        self.heads: list[bytes] = []
        self.plain = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            if self.status:
                # The body too: a connection that is closed over unread bytes is reset, which may overtake the answer.
                if length := re.search(rb"(?i)\r\ncontent-length: *(\d+)", head):
                    await reader.readexactly(int(length[1]))
                writer.write(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.status)
                return
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.target)
            if head.startswith(b"CONNECT "):
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                up_writer.write(re.sub(rb" http://[^/ ]+", b" ", head, count=1))
            await asyncio.gather(self._copy(reader, up_writer), self._copy(up_reader, writer))
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            self.plain += piece
            writer.write(piece)
        writer.close()


@contextmanager
def proxying(target: int) -> Iterator[Proxy]:
    """A running proxy to a port of this machine."""
    proxy, ready, loop = Proxy(target), threading.Event(), asyncio.new_event_loop()
    end = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(proxy.client, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        ready.set()
        await end.wait()
        server.close()

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
