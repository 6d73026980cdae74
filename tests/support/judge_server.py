"""A judge on 127.0.0.1 for tests: an OpenAI-compatible server whose words are a function of the question."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Judge:
    """`says(messages)` gives its words, `likely(messages)` the log-probabilities of their first token where it is asked for them.

    `requests` holds every request's body.
    """

    says: Callable[[list[dict[str, str]]], str]
    likely: Callable[[list[dict[str, str]]], dict[str, float]] | None = None
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def judge(
    says: Callable[[list[dict[str, str]]], str],
    likely: Callable[[list[dict[str, str]]], dict[str, float]] | None = None,
) -> Iterator[Judge]:
    """Serves until the block is left."""
    state, connections = Judge(says, likely), []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(body)
            choice: dict[str, Any] = {"message": {"content": state.says(body["messages"])}, "finish_reason": "stop"}
            if state.likely and body.get("logprobs"):
                top = sorted(state.likely(body["messages"]).items(), key=lambda one: -one[1])[: body["top_logprobs"]]
                logprobs = [{"token": token, "logprob": value} for token, value in top]
                choice["logprobs"] = {"content": [{**logprobs[0], "top_logprobs": logprobs}]}
            reply = {"model": body["model"], "choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
            answer = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        for connection in connections:  # kept alive by the client, and a thread each
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()
