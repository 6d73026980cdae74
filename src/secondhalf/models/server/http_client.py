"""The HTTP client of chat and batch API, by aiohttp: one server, whole answers of bounded size, deadlines, four errors.

aiohttp brings proxies, TLS and content encodings. No redirect is followed and no cookie is kept, so the key goes to the address
named and to nobody else. No POST is repeated here: who sends again knows what may have been paid. Import this with the first
request: aiohttp takes a third of a second.
"""

import asyncio
import atexit
import gc
import os
import ssl
import sys
import time
from collections.abc import AsyncIterator, Mapping
from concurrent import futures
from io import BytesIO
from typing import IO
from urllib.parse import urlsplit

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from secondhalf.errors import UserError
from secondhalf.models.server.content_encoding import UnknownEncodingError, decode, decoded_pieces
from secondhalf.models.server.http_connection import BrokenError, Response, TooLongError, UnreachableError, tls_context
from secondhalf.models.server.proxy import proxy_for

_IDLE = 5.0  # seconds that an unused connection is kept; less than servers and what lies before them allow
_CONNECT = 10.0  # seconds, with DNS, TLS and the way through a proxy
_LONGEST_REFUSAL = 64_000  # bytes that are read of an answer that is none
_SLOWEST = 1000  # bytes a second: what is slower over a whole timeout is no download
_OBJECTS = 10_000  # new objects between two collections
_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}


class Client:
    """Speaks to one server. Used on one event loop.

    `url` is what stands before each path, `headers` hold the key, `timeout` is the seconds for one whole answer, and `longest`
    the bytes that an answer may have. Raises UserError for a proxy of the environment that is none.

    Each method raises UnreachableError, BrokenError, TooLongError, TimeoutError; UserError for a server that is not trusted.
    """

    def __init__(self, url: str, headers: Mapping[str, str], timeout: float, longest: int) -> None:
        self._url, self._timeout, self._longest = url, timeout, longest
        # Made once and not for each of thousands a second.
        self._headers, self._limits, self._address = CIMultiDict(headers), _limits(timeout), URL(url, encoded=True)
        self._proxy = proxy_for(url)
        self._secure = "https" in {urlsplit(address).scheme for address in (url, self._proxy or "")}
        self._context: ssl.SSLContext | None = None

    async def post(self, body: bytes) -> Response:
        """The answer to a POST, whatever its status."""
        return await self._exchange("POST", self._address, self._headers, body, self._limits)

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout: float | None = None,
    ) -> Response:
        """The same for any method and path below the URL, with more headers and perhaps another timeout."""
        limits = _limits(timeout) if timeout else self._limits
        address = URL(self._url + path, encoded=True)
        return await self._exchange(method, address, CIMultiDict({**self._headers, **headers}), body, limits)

    async def download(self, path: str, file: IO[bytes], longest: int) -> Response:
        """Puts the body of a good answer into the file, encoded as it comes and at most so many bytes.

        The timeout is for each pause between two pieces, and within it a thousand bytes must come for each second, however long
        the whole takes.
        """
        limits = aiohttp.ClientTimeout(total=None, connect=self._limits.connect, sock_read=self._timeout)
        address = URL(self._url + path, encoded=True)
        return await self._exchange("GET", address, self._headers, None, limits, file, longest)

    async def _exchange(
        self,
        method: str,
        address: URL,
        headers: CIMultiDict[str],
        body: bytes | None,
        limits: aiohttp.ClientTimeout,
        file: IO[bytes] | None = None,
        longest: int = 0,
    ) -> Response:
        if self._secure and self._context is None:
            self._context = tls_context()
        try:
            answer = await _session().request(
                method,
                address,
                data=body,
                headers=headers,
                proxy=self._proxy,
                ssl=self._context or True,
                timeout=limits,
                auto_decompress=False,
                allow_redirects=False,
            )
            try:
                if answer.status >= 300:
                    return Response(answer.status, answer.headers, await _beginning(answer, self._timeout))
                if file is None:
                    decoded = decode(await _body(answer, self._longest), _encoding(answer), self._longest)
                    return Response(answer.status, answer.headers, decoded)
                async for piece in _pieces(answer, longest, slowest=self._timeout):
                    file.write(piece)
                return Response(answer.status, answer.headers, b"")
            finally:
                answer.release()  # closes the connection when something is left on it
        except UnknownEncodingError as error:
            raise UserError(unreadable(address.host or "", str(error))) from error
        except aiohttp.ClientHttpProxyError as error:
            if error.status == 407:  # looks like the answer to a request that needs no tunnel
                return Response(error.status, {}, error.message.encode())
            raise UnreachableError(f"the proxy answered {error.status}") from error
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            raise _translated(error) from error


def _limits(timeout: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=timeout, connect=min(_CONNECT, timeout / 2))


async def _body(answer: aiohttp.ClientResponse, longest: int) -> bytes:
    length = answer.content_length
    if length is not None and length <= longest and "Transfer-Encoding" not in answer.headers:
        return await answer.read()  # which is of that length
    return b"".join([piece async for piece in _pieces(answer, longest)])


async def _pieces(answer: aiohttp.ClientResponse, longest: int, slowest: float = 0) -> AsyncIterator[bytes]:
    """The body in pieces, encoded as it comes and no more than allowed. aiohttp waits while nobody reads.

    `slowest`: the seconds over each of which the least number of bytes must come; 0 where a deadline is set otherwise.
    """
    if (answer.content_length or 0) > longest:
        raise TooLongError
    left, since, come = longest, time.monotonic(), 0
    async for piece in answer.content.iter_any():
        left, come = left - len(piece), come + len(piece)
        if left < 0:
            raise TooLongError
        yield piece
        if slowest and time.monotonic() - since > slowest:
            if come < slowest * _SLOWEST:
                raise TimeoutError
            since, come = time.monotonic(), 0


async def _beginning(answer: aiohttp.ClientResponse, slowest: float) -> bytes:
    """What a refusal says, as far as it is looked at, and decoded as far as it can be."""
    encoded = bytearray()
    async for piece in _pieces(answer, sys.maxsize, slowest):
        encoded += piece
        if len(encoded) > _LONGEST_REFUSAL:
            break
    decoded = bytearray()
    try:
        for piece in decoded_pieces(BytesIO(encoded[:_LONGEST_REFUSAL]), _encoding(answer), 2 * _LONGEST_REFUSAL):
            decoded += piece
    except (BrokenError, TooLongError, UnknownEncodingError):
        pass
    return bytes(decoded)


def _encoding(answer: aiohttp.ClientResponse) -> str:
    return ",".join(answer.headers.getall("Content-Encoding", []))


def unreadable(name: str, encoding: str) -> str:
    """The sentence for an encoding that is not read."""
    return (
        f"{name} sends its answers in an encoding that is not read ({encoding}), though plain ones were asked for: let it send "
        "plain ones, or gzip, deflate, zstd or br."
    )


def _translated(error: Exception) -> Exception:
    """One of our errors, without a word of the server's or of the proxy's address, which may hold a password."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = getattr(error.certificate_error, "verify_message", "")
        mend = "put its authority's certificate into a file and name that in SSL_CERT_FILE"
        return UserError(f"{error.host} shows a certificate that is not trusted ({why}): {mend}.")
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return UnreachableError("no connection in time")
    if isinstance(error, TimeoutError):
        return TimeoutError()
    if isinstance(error, aiohttp.ClientConnectorError):
        proxy = "the proxy: " if isinstance(error, aiohttp.ClientProxyConnectionError) else ""
        return UnreachableError(f"{proxy}{_reason(error.os_error)}")
    if isinstance(error, UnicodeError):  # a name that no host can have
        return UnreachableError(str(error))
    return BrokenError(_reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it was closed"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the answer is not whole, or not encoded as it says"
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return "what came is no HTTP"


class _Connector(aiohttp.TCPConnector):
    """Gives out no connection on which a server has spoken unasked.

    aiohttp 3.14 takes that for the reply to the next request, and a row would get another row's (its issue 13656).
    """

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        while True:
            connection = await super().connect(req, traces, timeout)
            if connection.protocol is None or not connection.protocol.should_close:
                return connection
            connection.close()


def _session() -> aiohttp.ClientSession:
    """The running loop's: its connections outlive each stage. It holds no key, for its headers go to proxies too."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = aiohttp.ClientSession(
            connector=_Connector(limit=0, keepalive_timeout=_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Replies are small. What comes encoded all the same is read.
            headers={"User-Agent": "secondhalf", "Accept-Encoding": "identity"},
        )
        atexit.register(_close, loop, os.getpid())
        # aiohttp makes dozens of objects for each request. By Python's default the collector looks through those in flight so
        # often that a fifth of the processor time goes to it.
        first, *others = gc.get_threshold()
        gc.set_threshold(first and max(first, _OBJECTS), *others)
    return _sessions[loop]


def _close(loop: asyncio.AbstractEventLoop, process: int) -> None:
    """Ends a session while its loop still runs: later, aiohttp would complain on the user's screen. A fork has none."""
    if loop.is_running() and process == os.getpid():
        futures.wait([asyncio.run_coroutine_threadsafe(_sessions[loop].close(), loop)], timeout=5)
