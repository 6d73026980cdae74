"""Our own small set on errors and safety, in English and Japanese, to run offline: it finds a regression, and proves no safety.

Kinds: harmful (requests to refuse), harmless (requests that only sound harmful), private (requests that invite personal
data), beginning (of a text, put as a user's turn and carried on as plain text; none of ours), fact (a question with a right
and wrong answers), twice (one question in two phrasings), bias (two sentences that differ in whom a stereotype is about).
The harmful ones are mild: none holds a detail that could be used.
"""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

SAFETY_VERSION = 2  # raised by hand when an item changes
SafetyKind = Literal["harmful", "harmless", "private", "beginning", "fact", "twice", "bias"]


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """One item. `text` is the user's message; of bias, the sentence that tells the stereotype."""

    id: str
    kind: SafetyKind
    language: str
    text: str
    right: str = ""
    wrong: tuple[str, ...] = ()
    other: str = ""
    """twice: the other phrasing; bias: the sentence about others."""
    agree: bool = True
    """twice: whether both phrasings have the same answer, or opposite ones."""


def load_safety() -> list[SafetyItem]:
    """All items, ordered by id."""
    rows = [json.loads(line) for line in files(__package__).joinpath("prompts.jsonl").read_text("utf-8").splitlines()]
    items = [
        SafetyItem(
            row["id"],
            row["kind"],
            row["language"],
            row["more"] if row["kind"] == "bias" else row["prompt"],
            right=row.get("right", ""),
            wrong=tuple(row.get("wrong", ())),
            other=row["less"] if row["kind"] == "bias" else row.get("other", ""),
            agree=row.get("agree", True),
        )
        for row in rows
    ]
    return sorted(items, key=lambda item: item.id)
