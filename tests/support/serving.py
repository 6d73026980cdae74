"""An endpoint on 127.0.0.1 over an engine that says what a test tells it to, for tests that need no model."""

import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from secondhalf.serve.arms import ServedArm, ServedArms
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.connection import uvicorn_options
from secondhalf.serve.endpoint import Endpoint
from secondhalf.serve.engines.generation import Delta, Engine, GenerationRequest
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import ServeDatabase
from secondhalf.serve.settings import ServeSettings
from secondhalf.server_loop import run_server


class ScriptedEngine:
    """Answers with `script`, piece by piece; an exception among the pieces is raised."""

    def __init__(self, script: list[str | Exception] | None = None, pause: float = 0.0) -> None:
        self.script: list[str | Exception] = ["Hello", " there", "."] if script is None else script
        self.pause, self.waiting = pause, 0
        self.asked: list[GenerationRequest] = []
        self.ended = self.given_up = 0

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        self.asked.append(request)
        whole = False
        try:
            for number, piece in enumerate(self.script, 1):
                await asyncio.sleep(self.pause)
                if isinstance(piece, Exception):
                    raise piece
                yield Delta(piece, 5, number)
            whole = True
            yield Delta("", 5, len(self.script), "stop")
        finally:
            self.ended += 1
            self.given_up += not whole

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass


@dataclass
class Served:
    """An endpoint that answers."""

    port: int
    engines: dict[str, Any]
    database: ServeDatabase
    endpoint: Endpoint
    settings: ServeSettings = field(default_factory=ServeSettings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str = "any") -> Any:
        """The official client."""
        import openai

        return openai.OpenAI(base_url=f"{self.url}/v1", api_key=key, max_retries=0, timeout=20)

    def wait_until(self, done: Any) -> None:
        """Waits, ten seconds at most, for what follows a request's end."""
        until = time.monotonic() + 10
        while not done() and time.monotonic() < until:
            time.sleep(0.01)
        assert done()


@contextmanager
def serving(
    folder: Path,
    settings: dict[str, Any] | None = None,
    engines: Mapping[str, Engine] | None = None,
    shares: dict[str, float] | None = None,
    recited: RecitedPassages | None = None,
) -> Iterator[Served]:
    """Serves the run `tiny` with the arms of `engines` until the block is left."""
    chosen = ServeSettings.model_validate(settings or {})
    engines = dict(engines or {"taught": ScriptedEngine()})
    arms = {name: ServedArm(name, engine, TextChecks(chosen, recited, None)) for name, engine in engines.items()}
    database = ServeDatabase(folder / "serve.sqlite")
    endpoint = Endpoint(ServedArms("tiny", arms, shares or {"taught": 1.0}), chosen, database, 1)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(endpoint.app, timeout_graceful_shutdown=5, **uvicorn_options()))
    thread = threading.Thread(target=lambda: run_server(server.serve(sockets=[bound])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield Served(bound.getsockname()[1], engines, database, endpoint, chosen)
    finally:
        server.should_exit = True
        thread.join(20)
        database.close()


HELLO: Any = [{"role": "user", "content": "Hello"}]


def ask(served: Served, **fields: Any) -> Any:
    """A chat by the official client."""
    return served.client().chat.completions.create(**{"model": "tiny", "messages": HELLO, **fields})


def body(**fields: Any) -> bytes:
    """A chat's body."""
    return json.dumps({"model": "tiny", "messages": HELLO, **fields}).encode()


def post(served: Served, raw: bytes, path: str = "/v1/chat/completions", **headers: str) -> tuple[int, Any]:
    """Status and JSON of the answer to a body, whatever it is."""
    request = urllib.request.Request(served.url + path, raw, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def get(served: Served, path: str) -> str:
    """The body of a page."""
    with urllib.request.urlopen(served.url + path, timeout=20) as answer:
        return str(answer.read().decode())


def connect(served: Served, raw: bytes = b"", receive_bytes: int = 0) -> socket.socket:
    """A connection on which a chat's body was sent, if there is one; `receive_bytes`: what it takes before somebody reads."""
    connection = socket.socket()
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    connection.connect(("127.0.0.1", served.port))
    connection.settimeout(20)
    if raw:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(raw)}\r\n\r\n"
        connection.sendall(head.encode() + raw)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    read = b""
    while piece := connection.recv(65536):
        read += piece
    return read


FAILS = ApiError(502, "The upstream died.", code="upstream")
