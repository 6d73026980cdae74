"""A model behind OpenAI-compatible servers. No redirect is followed, and the key goes to the servers named alone."""

import json
import logging
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply, Request, TroubleError
from secondhalf.models.scheduling.circuit_breaker import CircuitBreaker
from secondhalf.models.scheduling.concurrency import ConcurrencyLimit
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.scheduling.pool import Lane, Pool
from secondhalf.models.scheduling.rate_limit import RateLimit
from secondhalf.models.server.http_connection import BrokenError, Response, TooLongError, UnreachableError
from secondhalf.models.server.response import error_message, is_another, read_reply, retry_after
from secondhalf.models.server.settings import ServerSettings

_LOG = logging.getLogger(__name__)
# What no repeating mends and every row would meet: the key, the bill, the address or the model's name.
_FATAL = {401: "refuses the key", 402: "asks for payment", 404: "does not know the address or the model",
          405: "does not know the address",
          407: "is behind a proxy that wants a login, as in HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"}  # fmt: skip
_TOO_MUCH = {429, 503, 529}
_AWAY = {502, 504}


class Servers(Pool):
    """One pool of servers with one model: a Backend for single requests, and a Pool for the scheduler."""

    def __init__(self, model: str, settings: ServerSettings) -> None:
        from secondhalf.models.server.http_client import Client

        self.identity = settings.identity(model)
        self.attempts, self.backoff, self.patience = settings.attempts, settings.backoff, settings.patience
        self._model, self._settings, self._key = model, settings, settings.key()
        self._warned = False
        headers = {"Content-Type": "application/json", "Accept": "application/json", **settings.headers(self._key)}
        self._clients = {
            url: Client(url, headers, settings.timeout, settings.max_reply_bytes)
            for url in map(settings.address, settings.urls)
        }
        first = min(0.5, settings.backoff)
        super().__init__(
            [
                Lane(url, self._sender_to(url), ConcurrencyLimit(most=settings.max_in_flight), CircuitBreaker(first))
                for url in self._clients
            ],
            RateLimit(settings.requests_per_minute, settings.tokens_per_minute),
        )

    @property
    def slots(self) -> int:
        """How many requests the servers are sent at once, as far as is known by now."""
        return sum(lane.concurrency.limit for lane in self.lanes)

    def generate(self, request: Request) -> Reply:
        """One reply from the first server, asked once. For many requests, and for repeats, there is send_requests."""
        return run_on_loop(self._answer(self.lanes[0].name, request))

    def close(self) -> None:
        """Nothing is held: connections outlive each asking, and close by themselves when they are idle for seconds."""

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent for a request."""
        sampling = request.sampling
        if self._settings.api == "chat":
            prompt: dict[str, Any] = {"messages": [{"role": role, "content": text} for role, text in request.messages]}
        else:
            prompt = {"prompt": "\n\n".join(text for _, text in request.messages)}
        full = {
            "model": self._model, **prompt, "max_tokens": sampling.max_tokens, "temperature": sampling.temperature,
            "top_p": sampling.top_p, "seed": request.seed, **self._settings.extra,
        }  # fmt: skip
        return {name: value for name, value in full.items() if value is not None}

    def _sender_to(self, url: str) -> Any:
        async def answer(request: Request) -> Reply:
            return await self._answer(url, request)

        return answer

    async def _answer(self, url: str, request: Request) -> Reply:
        settings = self._settings
        try:
            response = await self._clients[url].post(json.dumps(self.body(request)).encode())
        except UnreachableError as error:
            raise TroubleError(f"the server cannot be reached: {error}", cost=1) from error
        except TimeoutError as error:
            reason = f"no whole reply within {settings.timeout:g} seconds (server.timeout)"
            raise TroubleError(reason, too_much=True) from error
        except BrokenError as error:
            raise TroubleError(f"the connection broke off: {error}") from error
        except TooLongError as error:
            most = settings.max_reply_bytes
            raise RefusedError(f"the answer is longer than {most} bytes (server.max_reply_bytes)") from error
        if response.status != 200:
            raise self._failure(url, response)
        return self.read(response.body)

    def read(self, body: bytes) -> Reply:
        """The reply in a good answer. Raises TroubleError when there is none, RefusedError for another model's."""
        reply = read_reply(body, chat=self._settings.api == "chat", secret=self._key)
        if is_another(self._model, reply.model):
            self._check_other_model(reply.model)
        return reply

    def _failure(self, url: str, response: Response) -> Exception:
        status, body = response.status, response.body
        reason = f"the server answered {status}: {error_message(body, self._key)}"
        if status in _FATAL:
            key = f" in {self._settings.key_env}" if status == 401 and self._settings.key_env else ""
            return UserError(f"{url} {_FATAL[status]}{key}: {error_message(body, self._key)} ({status}).")
        if status == 429 and b"insufficient_quota" in body:
            return UserError(f"{url}: the account has no money left: {error_message(body, self._key)} ({status}).")
        if status in _TOO_MUCH | _AWAY:
            after = retry_after(response.headers.get("retry-after"))
            return TroubleError(reason, cost=1, too_much=status in _TOO_MUCH, after=after)
        if 300 <= status < 400:
            return TroubleError(f"the server redirects ({status}), which is not followed: correct server.urls")
        return (
            TroubleError(reason) if status >= 500 or status in {201, 202, 204, 408, 409, 425} else RefusedError(reason)
        )

    def _check_other_model(self, name: str) -> None:
        notice = f"{error_message(name.encode())} answered where {self._model} was asked"
        if self._settings.other_model == "refuse":
            raise RefusedError(f"another model, {notice} (server.other_model)")
        if not self._warned:
            self._warned = True
            _LOG.warning("another model, %s; the journal keeps the name.", notice)
