"""Whether a model's servers do what a run would ask of them: each names its models, and writes one token with the key."""

import json

from secondhalf.commands.doctor.finding import Finding
from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Request, Sampling, TroubleError
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from secondhalf.text.nearest import nearest

_SECONDS = 20.0  # for one answer; a connection has half of it at most
_FEWEST = (1, 16)  # tokens: some servers refuse to write fewer than sixteen
_MOST_NAMED = 8


def try_server(what: str, model: str, settings: ServerSettings) -> Finding:
    """Tries every address of a pool, each by itself: one token or sixteen are paid for. `model`: the name that is asked for."""
    try:
        settings.key()
        for url in settings.urls:
            _try(url, model, settings.model_copy(update={"urls": [url], "timeout": min(_SECONDS, settings.timeout)}))
    except UserError as error:
        return Finding(what, str(error), False)
    return Finding(what, f"{model} answers at {', '.join(settings.urls)}", True)


def _try(url: str, model: str, settings: ServerSettings) -> None:
    """Raises UserError where a run would get no reply from this address."""
    try:
        models = run_on_loop(_models(settings.models_address(url), settings))
    except (TimeoutError, OSError) as error:
        raise UserError(f"{url} was not reached within seconds: start the server, or correct server.urls.") from error
    except _NotReachedError as error:
        raise UserError(f"{url} cannot be reached ({error}): start the server, or correct server.urls.") from error
    try:
        _one_token(model, settings)
    except UserError as error:
        raise UserError(f"{str(error).removesuffix('.')}{_choices(model, models)}.") from error
    except (TroubleError, RefusedError) as error:
        raise UserError(f"{url} does not answer {model}: {error}{_choices(model, models)}.") from error


class _NotReachedError(Exception):
    """No connection, or none that speaks HTTP."""


async def _models(address: str, settings: ServerSettings) -> list[str]:
    """The names of the server's models; none where it does not tell them. Raises _NotReachedError and TimeoutError."""
    from secondhalf.models.server.http_client import Client
    from secondhalf.models.server.http_connection import BrokenError, TooLongError, UnreachableError

    client = Client(address, settings.headers(settings.key()), settings.timeout, settings.max_reply_bytes)
    try:
        response = await client.send("GET", "", {})
    except (UnreachableError, BrokenError) as error:
        raise _NotReachedError(str(error)) from error
    except TooLongError:
        return []
    try:
        rows = json.loads(response.body)["data"] if response.status == 200 else []
        return [row["id"] for row in rows if isinstance(row["id"], str)]
    except (ValueError, LookupError, TypeError, RecursionError):
        return []


def _one_token(model: str, settings: ServerSettings) -> None:
    servers = Servers(model, settings)
    for tokens in _FEWEST:
        try:
            servers.generate(
                Request("doctor", (("user", "Say yes."),), Sampling(max_tokens=tokens, temperature=0, top_p=1))
            )
            return
        except RefusedError:
            if tokens == _FEWEST[-1]:
                raise


def _choices(model: str, models: list[str]) -> str:
    """Which models the server names, where the one that is asked for is none of them."""
    if not models or model in models:
        return ""
    near = nearest(model, models)
    more = f" and {len(models) - _MOST_NAMED} more" if len(models) > _MOST_NAMED else ""
    named = f"it names {', '.join(models[:_MOST_NAMED])}{more}"
    return f"; it has no {model}, did you mean {near}? ({named})" if near else f"; it has no {model}: {named}"
