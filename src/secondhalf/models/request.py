"""What is asked of a model and what comes back: the same two records for teacher, judge and student."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import Field

from secondhalf.rows import digest
from secondhalf.settings import Seed, Settings

USER_TURN = "user turn"
"""The role of a last message that is begun and not ended: the model carries it on, as a user would (arXiv 2406.08464)."""
PLAIN = "plain:"
"""Begins the identity of a model that is asked without its chat template: it replies otherwise to the same words."""


class Sampling(Settings):
    """How a model's next token is drawn. Everything is written out, because engines' own defaults differ."""

    max_tokens: int = Field(160, ge=1)
    """Longest reply, in the model's tokens. The paper does not say; a reply that reaches it is kept and marked."""

    temperature: float = Field(0.7, ge=0)
    """0 is greedy. The paper does not say."""

    top_p: float = Field(0.95, gt=0, le=1)
    """Nucleus sampling: the smallest set of tokens with this probability. The paper does not say."""

    seed: Seed = 1
    """Seed of the first reply; each request adds a hash of its own text."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model. `id` is the row it is for and takes no part in the journal's key.

    `messages` are (role, text): system, user, assistant, or USER_TURN, last.
    """

    id: str
    messages: tuple[tuple[str, str], ...]
    sampling: Sampling
    teacher: str = ""
    """Which of a data set's several teachers is asked; as `id`, no part of the key."""
    _keys: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def key(self, model: str) -> str:
        """The hash of all that determines the reply: the model's identity, the messages, the sampling."""
        if model not in self._keys:  # asked for three times on a reply's way
            body = json.dumps(self.messages, ensure_ascii=False)
            self._keys[model] = digest(model, body, self.sampling.model_dump_json(), size=64)
        return self._keys[model]

    @property
    def seed(self) -> int:
        """A seed of this request's own, below 2**31."""
        return int(digest(str(self.sampling.seed), json.dumps(self.messages)), 16) % 2**31


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said. `finish` is the engine's raw reason: "stop", "length", or its own word (models/finish.py)."""

    text: str
    finish: str
    prompt_tokens: int
    response_tokens: int
    seconds: float = 0.0
    model: str = ""
    """The name that a server gave its model; empty for an engine of our own."""
    first_tokens: str = ""
    """The likeliest first tokens and their log-probabilities, a JSON object; empty where the server sent none."""
    estimated: bool = False
    """The tokens are estimated from the text: the server counted none, or what no count can be."""


Paid = tuple[int, int]
"""Tokens read and written that a server billed for an answer that is no reply."""


class RefusedError(Exception):
    """This one request gets no reply; the words become the reject's reason.

    `fault`: "text", what was asked can never be answered; "server", the same request may be answered another time; "unclear",
    nobody said, and of a server's refusal what became of the requests beside it decides.
    """

    def __init__(
        self, words: str, *, fault: Literal["text", "server", "unclear"] = "unclear", paid: Paid | None = None
    ) -> None:
        super().__init__(words)
        self.fault, self.paid = fault, paid


class TroubleError(Exception):
    """A request failed and may be repeated. `cost` is in tenths of an attempt, `after` the seconds a server asks to wait.

    `too_much`: the server was too busy, so fewer requests should be on their way at once. `unreached`: there was no connection.
    """

    def __init__(
        self,
        words: str,
        *,
        cost: int = 10,
        too_much: bool = False,
        after: float | None = None,
        paid: Paid | None = None,
        unreached: bool = False,
    ) -> None:
        super().__init__(words)
        self.unreached = unreached
        self.cost, self.too_much, self.after, self.paid = cost, too_much, after, paid


Replies = Iterator[tuple[str, Reply | RefusedError]]
"""Outcomes by request id, in any order."""
SendRequests = Callable[[Iterable[Request], str], Replies]
"""Requests and the progress's label in, their outcomes out."""


class Backend(Protocol):
    """Something that answers requests. `generate` is called from up to `slots` threads at once."""

    identity: str

    @property
    def slots(self) -> int:
        """How many requests are answered at once."""

    def generate(self, request: Request) -> Reply:
        """The reply. Raises RefusedError when this request can never be answered."""

    def close(self) -> None:
        """Frees the engine."""
