"""An endpoint on 127.0.0.1 over an engine that says what a test tells it to, for tests that need no model."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from secondhalf.serve.arms import ServedArm, ServedArms
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.database import ServeDatabase
from secondhalf.serve.endpoint import Endpoint
from secondhalf.serve.engines.generation import Delta, GenerationRequest
from secondhalf.serve.errors import ApiError
from secondhalf.serve.settings import ServeSettings


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
    engines: dict[str, ScriptedEngine]
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
    engines: dict[str, ScriptedEngine] | None = None,
    shares: dict[str, float] | None = None,
    recited: RecitedPassages | None = None,
) -> Iterator[Served]:
    """Serves the run `tiny` with the arms of `engines` until the block is left."""
    chosen = ServeSettings.model_validate(settings or {})
    engines = engines or {"taught": ScriptedEngine()}
    arms = {name: ServedArm(name, engine, TextChecks(chosen, recited, None)) for name, engine in engines.items()}
    database = ServeDatabase(folder / "serve.sqlite")
    endpoint = Endpoint(ServedArms("tiny", arms, shares or {"taught": 1.0}), chosen, database, 1)
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(endpoint.app, log_config=None, lifespan="on", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield Served(bound.getsockname()[1], engines, database, endpoint, chosen)
    finally:
        server.should_exit = True
        thread.join(20)
        database.close()


FAILS = ApiError(502, "The upstream died.", code="upstream")
