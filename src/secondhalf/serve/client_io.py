"""What comes from clients, who may be slow, wrong or gone."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from secondhalf.serve.errors import ApiError
from secondhalf.serve.settings import RequestLimitSettings

Result = TypeVar("Result")
_RUN_THROUGH = 32_000_000  # bytes of a body that is refused


async def read_json(request: Request, limits: RequestLimitSettings) -> object:
    """The body. Raises ApiError for one that is too large, too slow or no JSON."""
    too_large = ApiError(
        413, f"The body is larger than {limits.body_bytes} bytes.", code="request_too_large", headers={"connection": "close"}
    )  # fmt: skip
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for piece in request.stream():
                size += len(piece)
                # Most clients read no answer before they have sent all: some of what is too much is let run through.
                if size > limits.body_bytes + _RUN_THROUGH:
                    raise too_large
                if size <= limits.body_bytes:
                    body += piece
        if size > limits.body_bytes:
            raise too_large
    except TimeoutError:
        raise ApiError(408, "The body did not come in time.", headers={"connection": "close"}) from None
    except ClientDisconnect:
        raise ApiError(400, "The client left.") from None
    try:
        fields: object = json.loads(bytes(body).decode("utf-8"), parse_constant=_no_number)
        if b"\\u" in body:  # as half a character may be written
            json.dumps(fields, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise ApiError(400, "The body is no JSON in UTF-8.", code="invalid_json") from None
    return fields


def _no_number(word: str) -> object:
    raise ValueError(word)


async def left(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of the work, which is given up when the client leaves. Raises ApiError then."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ApiError(499, "The client left.")
        return task.result()
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    """Returns when the client has left: the body is read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
