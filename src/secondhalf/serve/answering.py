"""One request for an answer, from its body to what is sent; how many are in work; and the account of each."""

import asyncio
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from secondhalf.serve.arms import ServedArms
from secondhalf.serve.bodies.request_bodies import ChatBody, PlainBody, parse_body
from secondhalf.serve.bodies.response_bodies import AnswerShape, usage_of
from secondhalf.serve.client_io import left, read_json
from secondhalf.serve.engines.generation import GenerationRequest
from secondhalf.serve.errors import ApiError
from secondhalf.serve.exchange import CLIENT_LEFT, Exchange
from secondhalf.serve.kept.keeper import RequestKeeper
from secondhalf.serve.keys import ClientKey, KeyLimits
from secondhalf.serve.metrics import ServeMetrics
from secondhalf.serve.settings import ServeSettings
from secondhalf.serve.streaming import EventStream


class Answering:
    """What the two kinds of completions share."""

    def __init__(self, arms: ServedArms, settings: ServeSettings, metrics: ServeMetrics, keeper: RequestKeeper) -> None:
        self._arms, self._settings, self._metrics, self._keeper = arms, settings, metrics, keeper
        self._limits = KeyLimits()
        self._in_work = 0
        self.stopping = False
        """Set where no further request is taken."""

    def check(self) -> None:
        """Raises ApiError, status 503, where it is stopping."""
        if self.stopping:
            raise ApiError(503, "The endpoint is stopping.", code="stopping")

    async def answer(self, request: Request, kind: type[ChatBody] | type[PlainBody]) -> Response:
        """The answer, or the beginning of its stream. Raises ApiError."""
        self.check()
        self._keeper.check()
        self._take()
        held = True
        try:
            self._limits.admit(request.state.key)  # none of a key's minute is used for what is told to come again
            body = parse_body(kind, await read_json(request, self._settings.limits))
            exchanges = self._exchanges(request.state.id, request.state.key, body)
            first = exchanges[0]
            headers = {"x-secondhalf-arm": first.arm.name}
            name = ("chatcmpl-" if first.asked.chat else "cmpl-") + first.id.removeprefix("req-")
            shape = AnswerShape(name, self._arms.model(first.arm.name), int(time.time()), first.asked.chat)
            try:
                if body.stream:
                    stream = await left(request, self._stream(first, shape, body, headers))
                    held = False  # the stream gives its place back
                    return stream
                texts = await left(request, self._joined(exchanges, body.stops))
                usage = usage_of(sum(e.prompt_tokens for e in exchanges), sum(e.answer_tokens for e in exchanges))
                answers = list(zip(texts, [exchange.finish for exchange in exchanges], strict=True))
                return JSONResponse(shape.whole(answers, usage), headers=headers)
            except ApiError as error:
                error.headers.update(headers)
                raise
        finally:
            if held:
                self._leave()

    def _exchanges(self, id: str, key: ClientKey, body: ChatBody | PlainBody) -> list[Exchange]:
        """One for each prompt: all of one arm, and of one id with a number behind it."""
        arm = self._arms.choose(body.model, id)

        def exchange(number: int, asked: GenerationRequest) -> Exchange:
            return Exchange(f"{id}-{number}" if number > 1 else id, key, arm, asked, self._settings)

        return [exchange(number, asked) for number, asked in enumerate(body.generations(), 1)]

    async def _stream(
        self, exchange: Exchange, shape: AnswerShape, body: ChatBody | PlainBody, headers: dict[str, str]
    ) -> EventStream:
        try:
            await exchange.check_input()
            stream = EventStream(
                exchange, shape, body.stops, self._settings.limits.send_seconds, self._end_of_stream, headers,
                with_usage=body.with_usage,
            )  # fmt: skip
            await stream.begin()
        except BaseException as error:
            await self._account(exchange, _status_of(error))
            raise
        return stream

    async def _joined(self, exchanges: list[Exchange], stops: list[str]) -> list[str]:
        """The whole answers, written side by side. Raises the first one's ApiError, and gives the others up."""
        tasks = [asyncio.create_task(self._whole(exchange, stops)) for exchange in exchanges]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _whole(self, exchange: Exchange, stops: list[str]) -> str:
        status = 200
        try:
            await exchange.check_input()
            text = "".join([piece async for piece in exchange.pieces(stops)])
            if exchange.finish == "content_filter":  # nothing of it was sent yet
                text = exchange.sent = ""
            return text
        except BaseException as error:
            status, exchange.sent = _status_of(error), ""
            raise
        finally:
            await self._account(exchange, status)

    async def _end_of_stream(self, exchange: Exchange, status: int) -> None:
        self._leave()
        await self._account(exchange, status)

    async def _account(self, exchange: Exchange, status: int) -> None:
        """What became of it; called once for each, whatever became of it."""
        self._limits.spend(exchange.key, exchange.prompt_tokens + exchange.answer_tokens)
        try:
            await exchange.close()
        finally:
            exchange.account(status, self._metrics)
            if kept := exchange.to_keep():
                await self._keeper.keep(kept)

    def _take(self) -> None:
        if self._in_work >= self._settings.limits.in_work:
            busy = "Too many requests are in work: try again."
            raise ApiError(503, busy, code="overloaded", headers={"retry-after": "1"})
        self._in_work += 1
        self._metrics.in_work.set(self._in_work)

    def _leave(self) -> None:
        self._in_work -= 1
        self._metrics.in_work.set(self._in_work)


def _status_of(error: BaseException) -> int:
    """The status of a request that ended so: 499 where its client left, 500 for a fault of ours."""
    if isinstance(error, ApiError):
        return error.status
    return CLIENT_LEFT if isinstance(error, asyncio.CancelledError) else 500
