"""Sends one request to a server of OpenAI's API, and gives the pieces of its answer as they come.

Whatever the server does, what is raised is an ApiError whose words are ours, or the server's about the request itself.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping

import aiohttp
from yarl import URL

from secondhalf.models.server.http_connection import tls_context
from secondhalf.models.server.proxy import proxy_for
from secondhalf.models.server.response import error_message
from secondhalf.serve.engines.completion_events import (
    LONGEST,
    CompletionEvent,
    GarbageError,
    WholeCharacters,
    read_event,
    read_events,
)
from secondhalf.serve.engines.generation import Delta
from secondhalf.serve.errors import ApiError

_LOG = logging.getLogger(__name__)
_CONNECT = 10.0  # seconds
_IDLE = 4.0  # seconds that an unused connection is kept: less than servers do
_CONTEXT = ("context", "too long", "exceed", "maximum")  # words of servers about prompts that do not fit
_FINISH = {"stop", "length", "content_filter"}
_PATIENCE = 10  # times the seconds of silence: so long may comments alone keep a place, as of a server with a queue
_LONGEST_ANSWER = 1 << 24  # characters


class CompletionsClient:
    """Speaks to one server. Made anywhere, used on one event loop."""

    def __init__(self, url: str, key: str, seconds: float, *, keep: bool = True) -> None:
        """`url`: up to /v1; `seconds`: how long the server may be silent; `keep`: connections for further requests.

        Raises UserError for a proxy that is none.
        """
        self._url, self._key = url.rstrip("/"), key
        self._proxy = proxy_for(url)
        self._keep = keep
        self._seconds = seconds
        self._timeout = aiohttp.ClientTimeout(total=None, connect=_CONNECT, sock_read=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def models(self) -> list[str]:
        """The names that the server lists. Raises ApiError."""
        try:
            async with self._request("GET", "/models", None) as answer:
                body = await _whole(answer.content.iter_any())
            return [str(model["id"]) for model in json.loads(body)["data"]]
        except (GarbageError, ValueError, TypeError, KeyError, RecursionError):
            raise _failed(502, "answered /models with what is no list of models", "upstream_garbage") from None

    async def stream(self, path: str, body: Mapping[str, object]) -> AsyncGenerator[Delta]:
        """The answer's pieces; the last alone has a finish. Closing the iterator closes the connection, which ends the work.

        Tokens are the server's count where it sends one, else the pieces. Raises ApiError.
        """
        asked = {**body, "stream": True, "stream_options": {"include_usage": True}}
        prompt_tokens = pieces = answer_tokens = size = 0
        finish, characters, last_text = "", WholeCharacters(), time.monotonic()
        try:
            async with self._request("POST", path, asked) as answer:
                events = _events(answer)
                async for event in events:
                    if event.error:
                        _LOG.error("The upstream failed in the middle of an answer: %s", event.error[:500])
                        raise _failed(502, "failed in the middle of the answer", "upstream_failed")
                    if event.text:
                        pieces, last_text = pieces + 1, time.monotonic()
                    elif time.monotonic() - last_text > _PATIENCE * self._seconds:  # comments alone, or empty pieces
                        raise TimeoutError
                    prompt_tokens = event.prompt_tokens or prompt_tokens
                    answer_tokens = event.answer_tokens or answer_tokens
                    finish = event.finish or finish
                    size += len(event.text)
                    if size > _LONGEST_ANSWER:  # of one that never ends nothing else would be an end
                        raise GarbageError(f"an answer is longer than {_LONGEST_ANSWER} characters")
                    if text := characters.feed(event.text):
                        yield Delta(text, prompt_tokens, answer_tokens or pieces)
        except GarbageError as error:
            _LOG.error("The upstream answered with what is no answer of OpenAI's API: %s.", error)
            raise _failed(502, "answered with what is no answer of OpenAI's API", "upstream_garbage") from error
        if not finish:
            raise _failed(502, "broke off in the middle of the answer", "upstream_broke_off")
        yield Delta(characters.end(), prompt_tokens, answer_tokens or pieces, finish if finish in _FINISH else "stop")

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    def _request(self, method: str, path: str, body: object) -> "_Answer":
        return _Answer(lambda: self._send(method, path, body), self._key)

    def _send(self, method: str, path: str, body: object) -> Awaitable[aiohttp.ClientResponse]:
        if self._session is None:
            headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {self._key}"} if self._key else {})}
            secure = tls_context() if self._url.startswith("https:") else True
            connector = (
                aiohttp.TCPConnector(limit=0, ssl=secure, keepalive_timeout=_IDLE)
                if self._keep
                else aiohttp.TCPConnector(limit=0, ssl=secure, force_close=True)
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), headers=headers, timeout=self._timeout
            )
        url = URL(self._url + path, encoded=True)
        return self._session.request(method, url, json=body, proxy=self._proxy, allow_redirects=False)


class _Answer:
    """A good answer while it is read; everything else becomes an ApiError."""

    def __init__(self, send: Callable[[], Awaitable[aiohttp.ClientResponse]], key: str) -> None:
        self._send, self._key = send, key
        self._answer: aiohttp.ClientResponse | None = None

    async def __aenter__(self) -> aiohttp.ClientResponse:
        try:
            try:
                self._answer = await self._send()
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                if isinstance(error, aiohttp.ClientConnectorError):
                    raise
                # An idle connection that the server was closing; an answer that was not begun may be asked for again.
                self._answer = await self._send()
            if self._answer.status != 200:
                raise await _refusal(self._answer, self._key)
        except BaseException as error:
            self._close()
            raise _translated(error) from error
        return self._answer

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._close()
        if error is not None and (translated := _translated(error)) is not error:
            raise translated from error

    def _close(self) -> None:
        if self._answer is not None:
            # An answer that is given up would go on being written on an open connection.
            self._answer.release() if self._answer.content.is_eof() else self._answer.close()


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[CompletionEvent]:
    """The events of a stream, or of an answer that comes whole though a stream was asked for."""
    if answer.content_type == "application/json":
        yield read_event(await _whole(answer.content.iter_any()))
        return
    async for event in read_events(answer.content.iter_any()):
        yield event


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > LONGEST:
            raise GarbageError(f"it is longer than {LONGEST} bytes")
    return bytes(body)


async def _refusal(answer: aiohttp.ClientResponse, key: str) -> ApiError:
    said = error_message(await answer.content.read(64_000), key)
    status = answer.status
    if status in {400, 413, 422}:
        fits = not any(word in said.lower() for word in _CONTEXT)
        code = None if fits else "context_length_exceeded"
        return ApiError(400, f"The model's server refuses the request: {said}", code=code)
    _LOG.error("The upstream answered %d: %s", status, said)
    if status in {429, 503}:
        return ApiError(503, "The model's server is busy: try again.", code="overloaded", headers={"retry-after": "1"})
    return _failed(502, f"answered {status}", "upstream_failed")


def _translated(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError) and not isinstance(error, asyncio.CancelledError):
        _LOG.error("The upstream is silent.")
        return _failed(504, "is silent", "upstream_silent")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError):
        _LOG.error("The upstream cannot be reached: %s", error)
        return _failed(503, "cannot be reached", "upstream_unreachable")
    if isinstance(error, aiohttp.ClientError | OSError):
        _LOG.error("The connection to the upstream broke off: %s", error)
        return _failed(502, "broke off in the middle of the answer", "upstream_broke_off")
    return error


def _failed(status: int, how: str, code: str) -> ApiError:
    return ApiError(status, f"The model's server {how}.", code=code)
