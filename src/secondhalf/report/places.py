"""A phrase with places, "{run} is no folder of {what}", and what fills them in a text that is that phrase.

Found from left to right, each literal text where it first stands: in linear time, whatever strangers' text fills the places.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """`literals` stand around `names`: one more of the first."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    def fills(self, text: str) -> dict[str, str] | None:
        """What fills each place; None where the text is not this phrase. A place is as short as what follows it allows."""
        if not self.names:
            return {} if text == self.literals[0] else None
        first, *between, last = self.literals
        end = len(text) - len(last)
        if end < len(first) or not text.startswith(first) or not text.endswith(last):
            return None
        filled, begin = [], len(first)
        for literal in between:
            place = text.find(literal, begin, end)
            if place < 0:
                return None
            filled.append(text[begin:place])
            begin = place + len(literal)
        return dict(zip(self.names, [*filled, text[begin:end]], strict=True))


def as_phrase(english: str) -> Phrase:
    """The phrase of a text with its places in braces, each a word."""
    parts = re.split(r"{(\w+)}", english)
    return Phrase(tuple(parts[::2]), tuple(parts[1::2]))
