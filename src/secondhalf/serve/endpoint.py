"""The application: routes of OpenAI's API, of health and of figures, around the arms that answer."""

import asyncio
import contextlib
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from secondhalf.serve.answering import Answering
from secondhalf.serve.arms import ServedArms
from secondhalf.serve.bodies.request_bodies import ChatBody, PlainBody
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import ServeDatabase
from secondhalf.serve.kept.keeper import RequestKeeper
from secondhalf.serve.keys import ClientKeys
from secondhalf.serve.metrics import ServeMetrics
from secondhalf.serve.origin import check_origin
from secondhalf.serve.settings import ServeSettings

_LOG = logging.getLogger(__name__)
_CLEAN_EVERY, _WRITE_EVERY = (
    3600,
    60,
)  # seconds between two removals of what is too old, and two tries to write what waits
Handler = Callable[[Request], Awaitable[Response]]


class Endpoint:
    """One endpoint of a run. `app` is its ASGI application."""

    def __init__(self, arms: ServedArms, settings: ServeSettings, database: ServeDatabase, created: int) -> None:
        """`created`: seconds since 1970, for `/v1/models`."""
        self._arms, self._settings, self._database, self._created = arms, settings, database, created
        self._keys, self.metrics = ClientKeys(database), ServeMetrics()
        self.keeper = RequestKeeper(database, self.metrics)
        self._answering = Answering(arms, settings, self.metrics, self.keeper)
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
        self.app.router.redirect_slashes = False  # it would lead to http:// and to whatever host the request names

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        cleaning = asyncio.create_task(self._clean())
        try:
            yield
        finally:
            cleaning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await cleaning
            for arm in self._arms.arms.values():
                await arm.engine.close()
            await self.keeper.close()

    def stop(self) -> None:
        """From now on it is not ready: who balances load sends nothing more."""
        self._answering.stopping = True

    async def _clean(self) -> None:
        for minute in range(1 << 62):
            if minute % (_CLEAN_EVERY // _WRITE_EVERY) == 0:
                await self.keeper.remove_older(self._settings.keep.days)
            await self.keeper.write()
            await asyncio.sleep(_WRITE_EVERY)

    def _guarded(self, handler: Handler) -> Handler:
        """The handler behind the client's key, with a request id, and every error in the API's shape."""

        async def handle(request: Request) -> Response:
            request.state.id = f"req-{secrets.token_hex(12)}"
            try:
                request.state.key = self._keys.find(request.headers.get("authorization", ""))
                if not request.state.key.name:
                    check_origin(request.headers)
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
        try:
            self._answering.check()
            self.keeper.check()
        except ApiError as error:
            return JSONResponse({"status": str(error.code)}, 503)
        return JSONResponse({"status": "ready"})

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
        return await self._answering.answer(request, ChatBody)

    async def _completion(self, request: Request) -> Response:
        return await self._answering.answer(request, PlainBody)


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: f"There is nothing at {request.url.path[:100]}.", 405: f"{request.method} is not for this address."}
    return JSONResponse(ApiError(status, words.get(status, "The request failed.")).body(), status)


async def _fault(request: Request, error: Exception) -> Response:
    return JSONResponse(ApiError(500, "The endpoint failed on this request.", code="fault").body(), 500)
