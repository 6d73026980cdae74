"""Where an OpenAI-compatible server is and how it may be asked. None of it holds a key, and no address decides a reply."""

import json
import os
import re
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from pydantic import Field, field_validator

from secondhalf.errors import UserError
from secondhalf.models.finish import FinishKind
from secondhalf.models.server.replica_settings import ReplicaSettings
from secondhalf.settings import AddedLater, Decides, Settings
from secondhalf.text.key_shapes import looks_like_key
from secondhalf.text.secrets import has_login, mask_secrets, remember_key


class ServerSettings(Settings):
    """OpenAI, Azure, vLLM, SGLang, llama-server, Ollama, or whatever else speaks their API over HTTP."""

    urls: Annotated[list[str], Decides(False)] = []
    """The servers, each up to what stands before /chat/completions: http://127.0.0.1:8000/v1, https://api.openai.com/v1, or
    Azure's https://NAME.openai.azure.com/openai/deployments/DEPLOYMENT?api-version=DATE. All serve the same model and form
    one pool: one that dies drops out and comes back. Empty: no server, teach.model is a file."""

    replicas: Annotated[ReplicaSettings | None, Decides(False)] = None
    """Servers that the run itself starts on its cluster (engine: ray), beside or instead of those of `urls`. Null: none."""

    api: Literal["chat", "completions"] = "chat"
    """chat: the messages, under the server's chat template. completions: the plain text, for a base model to carry on."""

    key_env: Annotated[str, Decides(False)] = ""
    """The name of the environment variable that holds the key, such as OPENAI_API_KEY. Empty: no key is sent."""

    key_header: Annotated[Literal["authorization", "api-key"], Decides(False)] = "authorization"
    """The header the key is sent in: authorization (as a bearer token), or Azure's api-key."""

    extra: dict[str, Any] = {}
    """Fields laid over each request's body as they stand, such as {reasoning_effort: low}; null leaves a field out:
    {max_tokens: null, max_completion_tokens: 160}. They decide the reply, so other fields are another teacher."""

    requests_per_minute: Annotated[int | None, Decides(False)] = Field(None, ge=1)
    """The most requests a minute, all servers together."""

    tokens_per_minute: Annotated[int | None, Decides(False)] = Field(None, ge=1)
    """The most tokens a minute, all servers together: prompts (guessed before the reply tells) and replies."""

    max_in_flight: Annotated[int, Decides(False)] = Field(256, ge=1)
    """The most requests a server has at once. Below that, as many as it rewards with throughput."""

    timeout: Annotated[float, Decides(False)] = Field(600, gt=0)
    """Seconds for one whole reply."""

    attempts: Annotated[int, Decides(False)] = Field(5, ge=1)
    """How often a request may fail before its row is a reject. "Too busy" counts a tenth; a dead server does not count."""

    backoff: Annotated[float, Decides(False)] = Field(1.0, gt=0)
    """Seconds before the first repeat. Doubles with each, 60 at most, and each wait is drawn between 0 and that."""

    start_patience: Annotated[float, Decides(False)] = Field(20, gt=0)
    """Seconds for which servers may be out of reach, or say nothing at all, that have not answered this process yet: one that was
    never started, whose address is misspelt, or that does not even tell its models, stops the run then. Raise it where a
    server is started together with the run and loads for minutes."""

    patience: Annotated[float, Decides(False)] = Field(900, gt=0)
    """Seconds without any reply, or that a server asks to wait, after which the run stops. What was done is kept."""

    max_reply_bytes: int = Field(4_000_000, ge=1000)
    """A longer answer is refused."""

    unanswered: Annotated[Literal["stop", "reject"], Decides(False)] = "stop"
    """What becomes of rows that the server failed, their attempts used up, or refused through no fault of their text. stop: the
    run ends when all else is answered, or at once where one row after another is refused in equal words, and the same command
    asks them again. reject: they are rejects for good, and the run goes on without them."""

    finish: Annotated[dict[str, FinishKind], AddedLater()] = {}
    """Finish reasons of this server that models/finish.py does not know, and what they mean: {WORD: ended}, or cut (at a limit),
    filtered (kept back), failed (asked again). `unknown` is the word where the server gives none."""

    other_model: Literal["warn", "refuse"] = "warn"
    """What to do when the answer names another model than the one asked for. The journal keeps the name either way."""

    @property
    def served(self) -> bool:
        """Whether servers have the model: their addresses are given, or the run starts them."""
        return bool(self.urls) or self.replicas is not None

    @property
    def count(self) -> int:
        """How many servers there are."""
        return len(self.urls) + (self.replicas.number if self.replicas else 0)

    @field_validator("urls")
    @classmethod
    def _plain_addresses(cls, urls: list[str]) -> list[str]:
        for url in urls:
            if not _is_plain_address(
                url
            ):  # one with an @ is not repeated: it may hold a password, however it is written
                shown = "what holds an @" if "@" in url else mask_secrets(url)
                raise ValueError(f"{shown} is no address: write http://HOST:PORT/v1 or https://HOST/v1")
            if has_login(url) or {name for name, _ in parse_qsl(urlsplit(url).query)} - {"api-version"}:
                raise ValueError("an address must hold no key and no query but api-version: name the key in key_env")
        return urls

    @field_validator("key_env")
    @classmethod
    def _name_of_a_variable(cls, name: str) -> str:
        if name and (looks_like_key(name) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", name)):
            raise ValueError(
                "write the name of an environment variable, such as OPENAI_API_KEY, and never the key itself"
            )
        return name

    @field_validator("extra")
    @classmethod
    def _sendable(cls, extra: dict[str, Any]) -> dict[str, Any]:
        try:
            json.dumps(extra, allow_nan=False).encode("utf-8")
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError("it holds what no JSON can: write texts, finite numbers, lists and mappings") from error
        return extra

    def address(self, url: str) -> str:
        """The address that requests for this URL go to."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/") + ("/chat/completions" if self.api == "chat" else "/completions")
        return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))

    def models_address(self, url: str) -> str:
        """The address under which a server lists its models."""
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/models", parts.query, ""))

    def identity(self, model: str) -> str:
        """What determines a reply beside messages and sampling: the API, the model's name, the extra fields.

        No two of them have one identity: the extra fields begin at the first brace, and a name that holds one itself has its
        length in front. Other names stand as they did before there were lengths, so their stages keep their keys.
        """
        extra = json.dumps(self.extra, sort_keys=True, ensure_ascii=False) if self.extra else ""
        length = f"-{len(model)}" if "{" in model else ""
        return f"server{length}:{self.api}:{model}{extra}"

    def headers(self, key: str) -> dict[str, str]:
        """The header that holds the key; none without a key."""
        if not key:
            return {}
        return {"Authorization": f"Bearer {key}"} if self.key_header == "authorization" else {"api-key": key}

    def key(self) -> str:
        """The key, from the environment; empty when none is named. Raises UserError when it is not set or not sendable."""
        if not self.key_env:
            return ""
        key = os.environ.get(self.key_env, "").strip()
        if not key:
            raise UserError(f"server.key_env names {self.key_env}, which is not set: export {self.key_env}=... first.")
        if not (key.isascii() and key.isprintable()):
            raise UserError(f"The key in {self.key_env} holds characters that no key has: set it again.")
        remember_key(key)
        return key


def _is_plain_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, an IPv6 address without its bracket
        return False
    return named and url.isascii() and url.isprintable() and " " not in url
