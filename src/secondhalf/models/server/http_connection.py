"""One HTTP/1.1 connection: sends a request, reads the answer in whatever pieces it comes, believes nothing of it."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST_HEAD = 65_536  # bytes
_SIZE = re.compile(rb"[0-9a-fA-F]{1,8}")
_NO_BODY = {204, 304}


class BrokenError(Exception):
    """The connection broke off, or what came is no HTTP."""


class TooLongError(Exception):
    """The answer is longer than allowed."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection(asyncio.Protocol):
    """One connection, one exchange at a time. A body may have `longest` bytes; `lost` is called when it is closed."""

    def __init__(self, longest: int, lost: Callable[["Connection"], None]) -> None:
        self._longest, self._lost = longest, lost
        self._got = bytearray()
        self._future: asyncio.Future[Response] | None = None
        self._open = True

    @property
    def reusable(self) -> bool:
        """Whether another request may be sent on it."""
        return self._open and self._future is None and not self._got

    async def exchange(self, message: bytes) -> Response:
        """Sends a request and waits for its answer."""
        self._future = asyncio.get_running_loop().create_future()
        self._status, self._body, self._until, self._chunked = 0, bytearray(), 0, False
        self._headers: dict[str, str] = {}
        self._transport.write(message)
        return await self._future

    def fail(self, error: Exception) -> None:
        """Ends the connection, and the exchange with this error."""
        self._open = False
        if self._future and not self._future.done():
            self._future.set_exception(error)
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self._open = False
        self._lost(self)
        if self._future and not self._future.done():
            if self._status and self._until < 0 and not self._chunked and not error:  # the end was the body's end
                self._finish(bytes(self._got))
            else:
                self._future.set_exception(BrokenError(str(error or "it was closed")))

    def data_received(self, data: bytes) -> None:
        self._got += data
        if self._future is None or self._future.done():
            return self.fail(BrokenError("data that nobody asked for"))
        try:
            while not self._status:
                end = self._got.find(b"\r\n\r\n")
                if end < 0:
                    if len(self._got) > _LONGEST_HEAD:
                        raise ValueError("endless headers")
                    return None
                self._read_head(bytes(self._got[:end]))
                del self._got[: end + 4]
            if self._chunked:
                self._read_chunks()
            elif 0 <= self._until <= len(self._got):
                body = bytes(self._got[: self._until])
                del self._got[: self._until]
                self._finish(body)
            if len(self._got) + len(self._body) > self._longest:
                self.fail(TooLongError())
        except ValueError as error:
            self.fail(BrokenError(f"no HTTP: {error}"))
        return None

    def _read_head(self, head: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        if version not in {"HTTP/1.1", "HTTP/1.0"} or not rest[:3].isdigit():
            raise ValueError("no status line")
        status = int(rest[:3])
        if 100 <= status < 200:  # "go on": the answer follows
            return
        for line in lines:
            name, colon, value = line.partition(":")
            self._headers[name.lower()] = value.strip()
            if not colon:
                raise ValueError("a header without a colon")
        self._status = status
        self._last = version == "HTTP/1.0" or "close" in self._headers.get("connection", "").lower()
        self._chunked = "chunked" in self._headers.get("transfer-encoding", "").lower()
        length = self._headers.get("content-length", "")
        if not self._chunked and length and not (length.isascii() and length.isdigit() and len(length) < 16):
            raise ValueError("no length")
        # Without a length the body ends with the connection.
        self._until = 0 if status in _NO_BODY else int(length) if length else -1
        if not self._chunked and self._until > self._longest:
            self.fail(TooLongError())

    def _read_chunks(self) -> None:
        while (end := self._got.find(b"\r\n")) >= 0:
            found = _SIZE.match(self._got)
            if not found:
                raise ValueError("no chunk")
            size = int(found[0], 16)
            if size == 0:
                # What follows the last chunk is an empty line, or trailers and one; the connection is not used again then.
                rest = bytes(self._got[end + 2 :])
                if rest[:2] == b"\r\n":
                    del self._got[: end + 4]
                    self._finish(bytes(self._body))
                elif b"\r\n\r\n" in rest:
                    self._last = True
                    self._finish(bytes(self._body))
                return
            if len(self._got) < end + 4 + size:
                return
            self._body += self._got[end + 2 : end + 2 + size]
            del self._got[: end + 4 + size]

    def _finish(self, body: bytes) -> None:
        future, self._future = self._future, None
        if self._last:
            self._open = False
            self._transport.close()
        if future and not future.done():
            if len(body) > self._longest:
                future.set_exception(TooLongError())
            else:
                future.set_result(Response(self._status, self._headers, body))
