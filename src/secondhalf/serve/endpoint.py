"""The application: routes of OpenAI's API, of health and of figures, around the arms that answer."""

import asyncio
import logging
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from secondhalf.serve.arms import ServedArms
from secondhalf.serve.client_io import left, read_json
from secondhalf.serve.database import ServeDatabase
from secondhalf.serve.errors import ApiError
from secondhalf.serve.exchange import CLIENT_LEFT, Exchange
from secondhalf.serve.keys import ClientKeys, KeyLimits
from secondhalf.serve.metrics import ServeMetrics
from secondhalf.serve.request_bodies import ChatBody, PlainBody, parse_body
from secondhalf.serve.response_bodies import AnswerShape, usage_of
from secondhalf.serve.settings import ServeSettings
from secondhalf.serve.streaming import EventStream

_LOG = logging.getLogger(__name__)
_CLEAN_EVERY = 3600  # seconds between two removals of what is too old
Handler = Callable[[Request], Awaitable[Response]]


class Endpoint:
    """One endpoint of a run. `app` is its ASGI application."""

    def __init__(self, arms: ServedArms, settings: ServeSettings, database: ServeDatabase, created: int) -> None:
        """`created`: seconds since 1970, for `/v1/models`."""
        self._arms, self._settings, self._database, self._created = arms, settings, database, created
        self._keys, self._limits, self.metrics = ClientKeys(database), KeyLimits(), ServeMetrics()
        self._in_work = 0
        self._stopping = False
        routes = [
            Route("/health", self._health, methods=["GET"]),
            Route("/ready", self._ready, methods=["GET"]),
            Route("/metrics", self._guarded(self._figures), methods=["GET"]),
            Route("/v1/models", self._guarded(self._models), methods=["GET"]),
            Route("/v1/models/{model:path}", self._guarded(self._model), methods=["GET"]),
            Route("/v1/chat/completions", self._guarded(self._chat), methods=["POST"]),
            Route("/v1/completions", self._guarded(self._completion), methods=["POST"]),
        ]
        self.app = Starlette(
            routes=routes,
            exception_handlers={HTTPException: _http_error, Exception: _fault},
            lifespan=self._lifespan,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        cleaning = asyncio.create_task(self._remove_old())
        try:
            yield
        finally:
            cleaning.cancel()
            for arm in self._arms.arms.values():
                await arm.engine.close()

    def stop(self) -> None:
        """From now on it is not ready: who balances load sends nothing more."""
        self._stopping = True

    async def _remove_old(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._database.remove_older, self._settings.keep.days)
            except sqlite3.Error as error:
                _LOG.error("What is too old could not be removed from %s: %s", self._database.path, error)
            await asyncio.sleep(_CLEAN_EVERY)

    def _guarded(self, handler: Handler) -> Handler:
        """The handler behind the client's key, with a request id, and every error in the API's shape."""

        async def handle(request: Request) -> Response:
            request.state.id = f"req-{secrets.token_hex(12)}"
            try:
                request.state.key = self._keys.find(request.headers.get("authorization", ""))
                response = await handler(request)
            except ApiError as error:
                response = JSONResponse(error.body(), error.status, headers=error.headers)
            except sqlite3.Error as error:
                _LOG.error("%s cannot be read: %s", self._database.path, error)
                failed = ApiError(503, "The endpoint's database cannot be read now.", code="database")
                response = JSONResponse(failed.body(), 503)
            response.headers["x-request-id"] = request.state.id
            return response

        return handle

    async def _health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ready(self, request: Request) -> Response:
        status = "stopping" if self._stopping else "ready"
        return JSONResponse({"status": status}, 503 if self._stopping else 200)

    async def _figures(self, request: Request) -> Response:
        self.metrics.waiting.set(sum(arm.engine.waiting for arm in self._arms.arms.values()))
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [self._described(model) for model in self._arms.models()]})

    async def _model(self, request: Request) -> Response:
        model = request.path_params["model"]
        self._arms.choose(model, request.state.id)
        return JSONResponse(self._described(model))

    def _described(self, model: str) -> dict[str, object]:
        return {"id": model, "object": "model", "created": self._created, "owned_by": "secondhalf"}

    async def _chat(self, request: Request) -> Response:
        return await self._answer(request, ChatBody)

    async def _completion(self, request: Request) -> Response:
        return await self._answer(request, PlainBody)

    async def _answer(self, request: Request, kind: type[ChatBody] | type[PlainBody]) -> Response:
        self._limits.admit(request.state.key)
        if self._in_work >= self._settings.limits.in_work or self._stopping:
            raise ApiError(
                503, "Too many requests are in work: try again.", code="overloaded", headers={"retry-after": "1"}
            )
        self._in_work += 1
        self.metrics.in_work.set(self._in_work)
        handed_over = False
        try:
            body = parse_body(kind, await read_json(request, self._settings.limits))
            arm = self._arms.choose(body.model, request.state.id)
            stops, asked = body.stops, body.generation()
            exchange = Exchange(request.state.id, request.state.key, arm, asked, self._settings)
            name = ("chatcmpl-" if asked.chat else "cmpl-") + request.state.id.removeprefix("req-")
            shape = AnswerShape(name, self._arms.model(arm.name), int(time.time()), asked.chat)
            headers = {"x-secondhalf-arm": arm.name}
            try:
                await exchange.check_input()
                if body.stream:
                    stream = EventStream(
                        exchange, shape, stops, self._settings.limits.send_seconds, self._account, headers,
                        with_usage=body.with_usage,
                    )  # fmt: skip
                    await stream.begin()
                    handed_over = True
                    return stream
                text = await left(request, _joined(exchange, stops))
            except BaseException as error:
                status = error.status if isinstance(error, ApiError) else CLIENT_LEFT
                if not handed_over:
                    await self._account(exchange, status, leave=False)
                if isinstance(error, ApiError):
                    error.headers.update(headers)
                raise
            if exchange.finish == "content_filter":  # nothing of it was sent yet
                text = exchange.sent = ""
            usage = usage_of(exchange.prompt_tokens, exchange.answer_tokens)
            await self._account(exchange, 200, leave=False)
            return JSONResponse(shape.whole(text, exchange.finish, usage), headers=headers)
        finally:
            if not handed_over:
                self._leave()

    async def _account(self, exchange: Exchange, status: int, *, leave: bool = True) -> None:
        """What became of a request; called once for each, whatever became of it."""
        self._limits.spend(exchange.key, exchange.prompt_tokens + exchange.answer_tokens)
        if leave:
            self._leave()
        await asyncio.shield(asyncio.to_thread(exchange.account, status, self.metrics, self._database))

    def _leave(self) -> None:
        self._in_work -= 1
        self.metrics.in_work.set(self._in_work)


async def _joined(exchange: Exchange, stops: list[str]) -> str:
    return "".join([piece async for piece in exchange.pieces(stops)])


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: f"There is nothing at {request.url.path[:100]}.", 405: f"{request.method} is not for this address."}
    return JSONResponse(ApiError(status, words.get(status, "The request failed.")).body(), status)


async def _fault(request: Request, error: Exception) -> Response:
    return JSONResponse(ApiError(500, "The endpoint failed on this request.", code="fault").body(), 500)
