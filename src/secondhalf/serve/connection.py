"""A client's connection, by uvicorn and h11: silent ones are let go, and what is no HTTP is answered in the API's shape."""

import json
from typing import Any

from secondhalf.serve.errors import ApiError
from secondhalf.silent_connections import SilentConnectionsEnd


class ClientConnection(SilentConnectionsEnd):
    """What is no HTTP gets an answer in the API's shape."""

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
