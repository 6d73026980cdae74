"""A model behind OpenAI-compatible servers. No redirect is followed, and the key goes to the servers named alone."""

import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from secondhalf.models.finish import MISSING, common_word, finish_kind, own_kind
from secondhalf.models.request import RefusedError, Reply, Request, TroubleError
from secondhalf.models.scheduling.circuit_breaker import CircuitBreaker
from secondhalf.models.scheduling.concurrency import ConcurrencyLimit
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.scheduling.pool import Lane, Pool
from secondhalf.models.scheduling.rate_limit import RateLimit
from secondhalf.models.server.http_connection import BrokenError, TooLongError, UnreachableError
from secondhalf.models.server.refusals import ServerAddress, answer_failure, failure
from secondhalf.models.server.response import AnswerError, error_message, is_another, read_reply, retry_after
from secondhalf.models.server.settings import ServerSettings

if TYPE_CHECKING:
    from secondhalf.models.server.http_client import Client

_LOG = logging.getLogger(__name__)


class Servers(Pool):
    """One pool of servers with one model: a Backend for single requests, and a Pool for the scheduler."""

    def __init__(self, model: str, settings: ServerSettings) -> None:
        self.identity = settings.identity(model)
        started = None
        if settings.replicas:
            from secondhalf.models.server.replicas import running_replicas

            started = running_replicas(settings.replicas)
            settings = settings.model_copy(update={"urls": [*settings.urls, *started.wait()]})
        self.attempts, self.backoff, self.patience = settings.attempts, settings.backoff, settings.patience
        self.start_patience = settings.start_patience
        self._model, self._settings, self._key = model, settings, settings.key()
        self.unanswered = settings.unanswered
        self._warned = False
        self._unknown_words: set[str] = set()
        self._clients: dict[str, Client] = {}
        super().__init__(
            [self._lane(url) for url in dict.fromkeys(settings.urls)],
            RateLimit(settings.requests_per_minute, settings.tokens_per_minute),
        )
        if started:
            started.follow(self._move)

    def _lane(self, url: str) -> Lane:
        from secondhalf.models.server.http_client import Client

        settings, address = self._settings, self._settings.address(url)
        headers = {"Content-Type": "application/json", "Accept": "application/json", **settings.headers(self._key)}
        self._clients[address] = Client(address, headers, settings.timeout, settings.max_reply_bytes)
        return Lane(
            address,
            self._sender_to(address),
            ConcurrencyLimit(most=settings.max_in_flight),
            CircuitBreaker(min(0.5, settings.backoff)),
            greet=self._greeter_of(url),
        )

    def _move(self, before: str, url: str) -> None:
        """A replica is at another address, or ready late: it has a lane of its own from now on, and the one of before none."""
        old = self._settings.address(before) if before else ""
        self.lanes = [*(lane for lane in self.lanes if lane.name != old), self._lane(url)]

    @property
    def slots(self) -> int:
        """How many requests the servers are sent at once, as far as is known by now."""
        return sum(lane.concurrency.limit for lane in self.lanes)

    def generate(self, request: Request) -> Reply:
        """One reply from the first server, asked once. For many requests, and for repeats, there is send_requests."""
        return run_on_loop(self._answer(self.lanes[0].name, request))

    def probe(self, request: Request) -> list[Reply]:
        """One reply from each server; see Pool."""
        return [run_on_loop(self._answer(lane.name, request)) for lane in self.lanes]

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

    def _greeter_of(self, url: str) -> Any:
        """Asks which models there are: any answer is a sign of life."""
        from secondhalf.models.server.http_client import Client

        settings = self._settings
        client = Client(
            settings.models_address(url), settings.headers(self._key), settings.start_patience, settings.max_reply_bytes
        )

        async def greet() -> None:
            await client.send("GET", "", {})

        return greet

    async def _answer(self, url: str, request: Request) -> Reply:
        settings = self._settings
        try:
            response = await self._clients[url].post(json.dumps(self.body(request)).encode())
        except UnreachableError as error:
            raise TroubleError(f"the server cannot be reached: {error}", cost=1, unreached=True) from error
        except TimeoutError as error:
            reason = f"no whole reply within {settings.timeout:g} seconds (server.timeout)"
            raise TroubleError(reason, too_much=True) from error
        except BrokenError as error:
            raise TroubleError(f"the connection broke off: {error}") from error
        except TooLongError as error:
            most = settings.max_reply_bytes
            raise RefusedError(f"the answer is longer than {most} bytes (server.max_reply_bytes)") from error
        if response.status != 200:
            after = retry_after(response.headers.get("retry-after"))
            raise failure(response.status, response.body, self._server(url), after)
        return self.read(response.body, request, url)

    def _server(self, url: str) -> ServerAddress:
        return ServerAddress(url, self._key, self._settings.key_env)

    def failure(self, status: int, body: bytes) -> Exception:
        """What an error of the batch API's lines stands for; see refusals.py."""
        return failure(status, body, self._server(self._settings.urls[0]))

    def read(self, body: bytes, request: Request, url: str = "") -> Reply:
        """The reply in a good answer. Raises as failure() does for one that holds an error, and for a reply that was cut off.

        A finish reason that nobody knows is named once, with what to do.
        """
        try:
            reply = read_reply(body, chat=self._settings.api == "chat", secret=self._key, request=request)
        except AnswerError as error:
            raise answer_failure(error, body, self._server(url or self._settings.urls[0])) from error
        kind = own_kind(reply.finish, self._settings.finish)
        if kind == "failed":
            reason = f"the server's answer broke off: its finish reason is {reply.finish!r}"
            raise TroubleError(reason, paid=None if reply.estimated else (reply.prompt_tokens, reply.response_tokens))
        if kind and finish_kind(reply.finish) == "failed":  # the recipe knows better, and the journal keeps no failures
            reply = replace(reply, finish=common_word(kind))
        if kind is None and reply.finish not in self._unknown_words:
            self._unknown_words.add(reply.finish)
            self._name_unknown_finish(reply.finish)
        if is_another(self._model, reply.model):
            self._check_other_model(reply)
        return reply

    def _name_unknown_finish(self, finish: str) -> None:
        word = error_message(finish.encode())
        what = (
            "no finish reason" if finish == MISSING else f"the finish reason {word}, which no server of our table has"
        )
        _LOG.warning(
            "%s ends replies with %s: they count as unfinished, and the audit refuses them. If they are whole, write "
            "server.finish: {%s: ended} beside its urls; else cut, filtered or failed. Replies that are paid for are kept.",
            self._model,
            what,
            word,
        )

    def _check_other_model(self, reply: Reply) -> None:
        notice = f"{error_message(reply.model.encode())} answered where {self._model} was asked"
        if self._settings.other_model == "refuse":
            paid = reply.prompt_tokens, reply.response_tokens
            raise RefusedError(f"another model, {notice} (server.other_model)", fault="server", paid=paid)
        if not self._warned:
            self._warned = True
            _LOG.warning("another model, %s; the journal keeps the name.", notice)
