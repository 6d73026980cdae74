"""An answer sent while it is written, to a client that may be slow or leave; others are not held up by it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from secondhalf.serve.bodies.response_bodies import DONE, AnswerShape, event, usage_of
from secondhalf.serve.errors import ApiError
from secondhalf.serve.exchange import CLIENT_LEFT, Exchange

_LOG = logging.getLogger(__name__)
Account = Callable[[Exchange, int], Awaitable[None]]


class EventStream(Response):
    """Server-sent events of one answer. An error after the first piece is an event in the API's error shape."""

    media_type = "text/event-stream"

    def __init__(
        self, exchange: Exchange, shape: AnswerShape, stops: list[str], send_seconds: float, account: Account,
        headers: Mapping[str, str], *, with_usage: bool,
    ) -> None:  # fmt: skip
        """`send_seconds`: how long a client may leave what is sent unread; `account` is called once, when all is over."""
        self.status_code, self.background = 200, None
        self._exchange, self._shape, self._with_usage = exchange, shape, with_usage
        self._send_seconds, self._account = send_seconds, account
        self._pieces = exchange.pieces(stops)
        self._first: str | None = None
        self.init_headers({**headers, "cache-control": "no-cache"})

    async def begin(self) -> None:
        """Waits for the first piece: what fails before it is an answer with a status of its own. Raises ApiError."""
        self._first = await anext(self._pieces, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = CLIENT_LEFT
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                status = sending.result()
        except (OSError, TimeoutError) as error:
            _LOG.info("The client of %s no longer reads (%s).", self._exchange.id, type(error).__name__)
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._pieces.aclose()
            await self._account(self._exchange, status)

    async def _send(self, send: Send) -> int:
        """Sends all of it; the status that it comes to. Raises TimeoutError where nobody reads."""
        await self._one(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        status = 200
        try:
            if first := self._shape.first():
                await self._body(send, first)
            async for piece in self._all():
                await self._body(send, self._shape.piece(piece))
            await self._body(send, self._shape.last(self._exchange.finish))
            if self._with_usage:
                usage = usage_of(self._exchange.prompt_tokens, self._exchange.answer_tokens)
                await self._body(send, self._shape.usage(usage))
            await self._body(send, DONE)
        except ApiError as error:
            status = error.status
            await self._body(send, event(error.body()))
        await self._one(send, {"type": "http.response.body", "body": b"", "more_body": False})
        return status

    async def _all(self) -> AsyncIterator[str]:
        if self._first is not None:
            yield self._first
        try:
            async for piece in self._pieces:
                yield piece
        except ApiError:
            raise
        except Exception as error:  # told in the stream: an answer that just ends looks whole to some
            _LOG.exception("The answer to %s failed, by a fault of ours: please report it.", self._exchange.id)
            raise ApiError(500, "The endpoint failed on this request.", code="fault") from error

    async def _body(self, send: Send, body: bytes) -> None:
        await self._one(send, {"type": "http.response.body", "body": body, "more_body": True})

    async def _one(self, send: Send, message: dict[str, object]) -> None:
        async with asyncio.timeout(self._send_seconds):
            await send(message)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
