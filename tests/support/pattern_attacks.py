"""Texts made from a pattern itself: what leads to one of its repeats, what that repeats, and no match at the end."""

import re
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_OF_CATEGORY = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}
_OTHERS = "x !1\n.あ[\u00e9"
_UNBOUNDED = 100
"""Repeats of fewer cost the same on every text."""


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, Callable[[int], str]]]:
    """A name and a function from a size to a text, for each repeat: the run after what leads to it, both again and again, alone."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    for before, unit in dict.fromkeys(_runs(_parser.parse(text, pattern.flags & ~re.DEBUG), "")):
        yield f"{before!r} then {unit!r}", lambda size, b=before, u=unit: b + u * (size // len(u)) + "\0"  # type: ignore[misc]
        both = before + unit
        yield f"{both!r}", lambda size, u=both: u * (size // len(u)) + "\0"  # type: ignore[misc]
        yield f"{unit!r}", lambda size, u=unit: u * (size // len(u)) + "\0"  # type: ignore[misc]


def _runs(items: Any, before: str) -> Iterator[tuple[str, str]]:
    """What leads to each repeat without a limit, and a sample of what is repeated."""
    for kind, value in items:
        if kind in _REPEATS:
            _, most, inner = value
            unit = _sample(inner)
            if unit and most >= _UNBOUNDED:
                yield before, unit
            yield from _runs(inner, before)
        elif kind is op.SUBPATTERN:
            yield from _runs(value[-1], before)
        elif kind is op.ATOMIC_GROUP:
            yield from _runs(value, before)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from _runs(branch, before)
        elif kind in {op.ASSERT, op.ASSERT_NOT}:
            yield from _runs(value[1], before)
        before += _sample([(kind, value)])


def _sample(items: Any) -> str:
    """A text that the items match, as far as one can tell without trying."""
    return "".join(_sample_of(kind, value) for kind, value in items)


def _sample_of(kind: Any, value: Any) -> str:
    return _SAMPLES[kind](value) if kind in _SAMPLES else ""


def _member(choices: Any) -> str:
    negated = choices[0][0] is op.NEGATE
    if not negated:
        kind, value = choices[0]
        first = value[0] if kind is op.RANGE else value
        return _OF_CATEGORY.get(value, "!") if kind is op.CATEGORY else chr(first)
    return next(
        (character for character in _OTHERS if not any(_holds(choice, character) for choice in choices[1:])), "~"
    )


def _holds(choice: Any, character: str) -> bool:
    kind, value = choice
    if kind is op.CATEGORY:
        shapes = {op.CATEGORY_DIGIT: r"\d", op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w"}
        shapes |= {op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_NOT_WORD: r"\W"}
        return re.match(shapes[value], character) is not None
    return value[0] <= ord(character) <= value[1] if kind is op.RANGE else ord(character) == value


_SAMPLES: dict[Any, Callable[[Any], str]] = {
    op.LITERAL: chr,
    op.NOT_LITERAL: lambda value: next(character for character in _OTHERS if ord(character) != value),
    op.ANY: lambda value: "x",
    op.IN: _member,
    op.SUBPATTERN: lambda value: _sample(value[-1]),
    op.ATOMIC_GROUP: _sample,
    op.BRANCH: lambda value: _sample(value[1][0]),
    **dict.fromkeys(_REPEATS, lambda value: _sample(value[2]) * max(value[0], 1)),
}
