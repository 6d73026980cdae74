"""A minimal pair, all of them, and the two parts they fall into."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from secondhalf.errors import UserError

MINIMAL_PAIRS_VERSION = 1  # raised by hand when a topic, a wording or a check changes

BY_KIND = "minimal_pair"
"""The figure beside `minimal_pairs` that results by kind of constraint are made of; nothing is claimed on it."""


@dataclass(frozen=True, slots=True)
class MinimalPair:
    """A prompt with one constraint, the same prompt without it, and two answers that differ in that constraint alone.

    `prompt` is `plain` with a sentence after or before it. `kept` passes `check` and `broken` fails it: a check is a
    kind with its arguments, as in the everyday prompts. The pair whose id differs in its last letter alone asks for
    the opposite of the same two answers, so what makes an answer likely in itself cancels out over both.
    """

    id: str
    language: str
    kind: str
    topic: str
    plain: str
    prompt: str
    kept: str
    broken: str
    check: dict[str, Any]


def minimal_pairs_part(pairs: list[MinimalPair], name: Literal["choose", "locked"]) -> list[MinimalPair]:
    """The pairs on which settings may be chosen, or those that only claims are made on.

    Decided by the hash of the topic's name alone: a topic's pairs share their part, in both languages.
    Raises UserError for another name of a part.
    """
    if name not in ("choose", "locked"):
        raise UserError(f"There is no part {name!r} of the minimal pairs; write choose or locked.")
    return [pair for pair in pairs if ("choose", "locked")[hash_byte(pair.topic) % 2] == name]


def hash_byte(text: str) -> int:
    """The first byte of the text's SHA-256: the same on every machine."""
    return hashlib.sha256(text.encode("utf-8")).digest()[0]
