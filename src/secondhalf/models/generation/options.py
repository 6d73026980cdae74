"""How a student's answers are written: the keywords that every engine of answers takes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NotRequired, TypedDict

from secondhalf.models.generation.partial_answers import KeptTokens

AdapterPrompts = tuple[Path | None, Sequence[list[int]]]
"""An adapter, None for the base alone, and the token ids of its prompts."""


class Watching(TypedDict):
    """Who is told how far the answers are."""

    label: NotRequired[str]
    """What stands before the bar."""
    on_tokens: NotRequired[Callable[[list[int]], object]]
    """Handed the tokens of the first answer so far, whenever there are more; no bar is drawn then."""


class GenerationOptions(Watching):
    """An answer is over at one of `stop_ids`, or where it says `stop_text`. Equal seeds give equal answers."""

    max_tokens: int
    """Longest answer, in the student's tokens."""
    temperature: float
    """0 is greedy."""
    seed: int
    """Of the first answer; each next one's is one more."""
    stop_ids: list[int]
    stop_text: NotRequired[str]
    kept: NotRequired[Sequence[KeptTokens]]
    """One for each adapter with its prompts: the answers begin where these stopped, and are kept in them as they come."""
