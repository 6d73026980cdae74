"""Two answers and the two constraints that ask for the one or the other: half way from a topic to its pairs."""

from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]
"""A line of topics_LANGUAGE.jsonl: topic, frame, prompt, and text (a list: lead, items and tail)."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """The name of its wordings, its check, and what stands for {x} in the wordings."""

    wording: str
    check: dict[str, Any]
    x: str = ""


@dataclass(frozen=True, slots=True)
class Couple:
    """Two answers; the first alone keeps the first constraint, the second alone the second."""

    kind: str
    answers: tuple[str, str]
    constraints: tuple[Constraint, Constraint]
