"""A user's function as a split rule: from a text to boundaries, which are checked before they are used."""

from collections.abc import Callable
from itertools import pairwise
from numbers import Integral
from typing import TypeGuard

from secondhalf.extensions.function import Extension
from secondhalf.split.rules import Boundaries

_WANTED = "a list of (offset, units) pairs of whole numbers, one for each offset where the text may be cut"


def make_user_rule(function: Extension) -> Callable[[str], Boundaries]:
    """A split rule that calls a user's function and checks its boundaries.

    It raises RowError where the function raises, or where its offsets or units fall or lie outside the text; UserError where
    it returns anything but a list of pairs. White space before an offset goes to the original, as under every rule, and a
    text without boundaries is one piece.
    """

    def rule(text: str) -> Boundaries:
        boundaries = function(text)
        if not _is_boundaries(boundaries):
            raise function.wrong(boundaries, _WANTED)
        if not boundaries:
            return [(len(text.rstrip()), 1)]
        total = boundaries[-1][1]
        steps = pairwise([(0, 0), *boundaries, (len(text), total)])
        if total < 1 or any(offset > later or units > more for (offset, units), (later, more) in steps):
            raise function.failed("gave boundaries that fall, or lie outside the text")
        return [(_solid_end(text, offset), int(units)) for offset, units in boundaries]

    return rule


def _is_boundaries(value: object) -> TypeGuard[Boundaries]:
    return isinstance(value, list) and all(
        isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(number, Integral) for number in pair)
        for pair in value
    )


def _solid_end(text: str, offset: int) -> int:
    """The end of the last visible character before `offset`, which may be one of numpy's numbers."""
    offset = int(offset)
    while offset > 0 and text[offset - 1].isspace():
        offset -= 1
    return offset
