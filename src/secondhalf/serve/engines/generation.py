"""What is asked of an engine and what comes back, whichever engine it is."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One question. Of a chat `turns` are texts of user and model in turn, the user's first and last; else `turns` holds the
    plain text that is to be carried on."""

    turns: tuple[str, ...]
    chat: bool
    max_tokens: int | None
    """None: as long as the endpoint's own limit and the context allow."""
    temperature: float
    top_p: float
    seed: int


@dataclass(frozen=True, slots=True)
class Delta:
    """A further piece of an answer: whole characters. The last one alone has a `finish`, "stop" or "length".

    Tokens are counted from the beginning of the answer.
    """

    text: str
    prompt_tokens: int
    answer_tokens: int
    finish: str = ""


@dataclass(frozen=True, slots=True)
class ExpectedAnswer:
    """What an arm's own model answers to a request, and what its untouched student does ("" where that was not asked)."""

    request: GenerationRequest
    text: str
    untouched: str = ""


class Engine(Protocol):
    """Something that answers."""

    def generate(self, request: GenerationRequest) -> AsyncGenerator[Delta]:
        """The pieces of the answer; closing the iterator ends the work on it. Raises ApiError, also before the first piece."""
        ...

    @property
    def waiting(self) -> int:
        """Requests that are not begun yet."""
        ...

    async def check(self) -> None:
        """Raises UserError where the engine cannot answer."""
        ...

    async def close(self) -> None:
        """Ends it."""
        ...
