"""What a split rule makes of a text."""

from collections.abc import Callable

from secondhalf.split.rules import Boundaries


def pieces(rule: Callable[[str], Boundaries], text: str) -> list[str]:
    """The text between one boundary and the next, without the white space around it."""
    offsets = [offset for offset, _ in rule(text)]
    return [text[a:b].strip() for a, b in zip([0, *offsets], offsets, strict=False)]
