"""What a prompt of any benchmark has, so that answering and judging need not know which benchmark it is of."""

from typing import Protocol


class Prompt(Protocol):
    """A prompt of one turn: an id, unique in its set, and the user's message."""

    @property
    def id(self) -> str: ...
    @property
    def text(self) -> str: ...


class TwoTurnPrompt(Protocol):
    """A prompt of two turns: the second user's message follows the model's own answer to the first."""

    @property
    def id(self) -> str: ...
    @property
    def turns(self) -> tuple[str, str]: ...
