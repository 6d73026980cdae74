"""Our own plain texts in English and Japanese, written for this package: in no corpus that a recipe can name."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

TEXTS_VERSION = 1  # raised by hand when a text changes


@dataclass(frozen=True, slots=True)
class PlainText:
    """A short text of plain prose."""

    id: str
    language: str
    text: str


@cache
def load_texts() -> list[PlainText]:
    """All texts, ordered by id."""
    lines = files(__package__).joinpath("texts.jsonl").read_text("utf-8").splitlines()
    return sorted((PlainText(**json.loads(line)) for line in lines), key=lambda text: text.id)
