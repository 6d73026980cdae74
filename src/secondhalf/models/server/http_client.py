"""A small HTTP/1.1 client for one address: POST, kept-open connections, one deadline, no redirects, no cookies, no proxy.

It takes 110 microseconds of processor time a request less than aiohttp did here (255 down to 146, journal and all, on
benchmarks/teach_overhead.py's server): that decides how many requests a second one process can keep up.
"""

import asyncio
import ssl
from urllib.parse import urlsplit

from secondhalf.models.server.http_connection import BrokenError, Connection, Response


class UnreachableError(Exception):
    """No connection could be made."""


_IDLE = 5.0  # seconds; less than servers and what lies before them allow


class Client:
    """Posts to one address. Used on one event loop."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float, longest: int) -> None:
        parts = urlsplit(url)
        self._secure, self._host = parts.scheme == "https", parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: {parts.netloc}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._head = "\r\n".join([*lines, "Content-Length: "]).encode("ascii")
        self._timeout, self._longest = timeout, longest
        self._idle: list[tuple[Connection, float]] = []  # since when
        self._context: ssl.SSLContext | None = None

    async def post(self, body: bytes) -> Response:
        """The answer. Raises UnreachableError, BrokenError, TooLongError, TimeoutError, ssl.SSLCertVerificationError."""
        loop = asyncio.get_running_loop()
        connection = self._kept(loop.time()) or await self._connect(loop)
        deadline = loop.call_later(self._timeout, connection.fail, TimeoutError())
        try:
            return await connection.exchange(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        finally:
            deadline.cancel()
            if connection.reusable:
                self._idle.append((connection, loop.time()))
            else:
                connection.fail(BrokenError("given up"))

    def close(self) -> None:
        """Closes the connections that are idle."""
        while self._idle:
            self._idle.pop()[0].fail(BrokenError("closed"))

    def _kept(self, now: float) -> Connection | None:
        """The connection that was used last, if that is not long ago: what lies between drops an idle one without a word."""
        while self._idle:
            connection, since = self._idle.pop()
            if connection.reusable and now - since < _IDLE:  # a server may have spoken unasked
                return connection
            connection.fail(BrokenError("given up"))
        return None

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> Connection:
        if self._secure and self._context is None:
            self._context = ssl.create_default_context()
        try:
            async with asyncio.timeout(min(10.0, self._timeout)):
                _, connection = await loop.create_connection(
                    lambda: Connection(self._longest, self._lost), self._host, self._port, ssl=self._context
                )
        except ssl.SSLCertVerificationError:
            raise
        except TimeoutError as error:
            raise UnreachableError("no connection in time") from error
        except (OSError, UnicodeError) as error:
            raise UnreachableError(getattr(error, "strerror", None) or str(error) or type(error).__name__) from error
        return connection

    def _lost(self, connection: Connection) -> None:
        self._idle = [kept for kept in self._idle if kept[0] is not connection]
