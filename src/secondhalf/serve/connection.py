"""A client's connection, by uvicorn and h11: silent ones are let go, and what is no HTTP is answered in the API's shape."""

import json
from typing import Any

from secondhalf.serve.errors import ApiError
from secondhalf.silent_connections import SilentConnectionsEnd

_LINGER = 5.0  # seconds in which one that was refused may send the rest


class ClientConnection(SilentConnectionsEnd):
    """What is no HTTP gets an answer in the API's shape."""

    _refused = False

    def data_received(self, data: bytes) -> None:
        """What comes after a refusal is read and forgotten: a socket closed before resets, and the answer may be lost."""
        if not self._refused:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Instead of uvicorn's plain text."""
        self._refused = True
        body = json.dumps(ApiError(400, "What came is no HTTP request.", code="invalid_http").body()).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.write_eof()
        self.loop.call_later(_LINGER, self.transport.abort)


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
