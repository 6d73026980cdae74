"""A client's connection, by uvicorn and h11: silent ones are let go, and what is no HTTP is answered in the API's shape."""

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from secondhalf.serve.errors import ApiError

_EVERY = 15.0  # seconds: who sends no whole request head for one to two of these is let go


class ClientConnection(H11Protocol):
    """uvicorn itself waits for a first request for ever: silent clients would take every file that the process may open."""

    every = _EVERY

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(self.every, self._look, self)

    def _look(self, seen: object) -> None:
        """`seen`: the request that was answered when it was looked last, or None before any."""
        idle = self.cycle is None or self.cycle.response_complete
        if self.transport.is_closing():
            self.loop.call_later(self.every, self.transport.abort)  # where nobody reads what was sent last
        elif idle and seen is self.cycle:
            self.transport.close()
            self.loop.call_later(self.every, self.transport.abort)
        else:
            self.loop.call_later(self.every, self._look, self.cycle if idle else self)

    def send_400_response(self, msg: str) -> None:
        """Instead of uvicorn's plain text."""
        body = json.dumps(ApiError(400, "What came is no HTTP request.", code="invalid_http").body()).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def raise_file_limit() -> None:
    """Lets this process open as many files, connections among them, as its hard limit allows."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def uvicorn_options() -> dict[str, Any]:
    """What uvicorn is told wherever the endpoint runs."""
    return {
        "http": ClientConnection, "ws": "none", "log_config": None, "access_log": False, "server_header": False,
        "lifespan": "on", "timeout_keep_alive": 30,
    }  # fmt: skip
