"""A first look at many texts for many patterns: which of them may match where. What it leaves out does not match.

RE2 (in Arrow) reads a text once for several patterns, many times as fast as Python's search does for one, but it knows no
looking around and no possessive repetition, and letters beyond ASCII otherwise. So it is given wider patterns, which match
wherever the pattern does, and what they let through is searched as before.
"""

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.audit.instruction.rule import Rule

_FEWEST = 100
"""Texts from which it is worth making RE2's automata: some milliseconds each time."""
_TOGETHER = 4
"""Patterns in one automaton: with more the automata grow faster than they save."""
_MOST_REPEATS = 16
"""Larger counts are not counted: they would make the automata large."""

_BEYOND = r"\x{80}-\x{10ffff}"
# Python's classes: what ASCII has of them, and what it has not.
_CLASSES = {
    op.CATEGORY_WORD: "0-9A-Za-z_",
    op.CATEGORY_DIGIT: "0-9",
    op.CATEGORY_SPACE: r"\x09-\x0d\x1c-\x20",
    op.CATEGORY_NOT_WORD: r"\x00-/:-@\[-\^`\{-\x7f",
    op.CATEGORY_NOT_DIGIT: r"\x00-/:-\x7f",
    op.CATEGORY_NOT_SPACE: r"\x00-\x08\x0e-\x1b!-\x7f",
}


def rules_that_may_match(texts: Sequence[str], rules: Sequence[tuple[Rule, ...]]) -> list[list[Rule]]:
    """Of each text's own rules those that may match it, in their order."""
    found: list[list[Rule]] = [[] for _ in texts]
    for of_some in {id(each): each for each in rules}.values():
        places = [index for index, each in enumerate(rules) if each is of_some]
        patterns = tuple(rule.pattern for rule in of_some)
        for index, numbers in zip(places, may_match([texts[index] for index in places], patterns), strict=True):
            found[index] = [of_some[number] for number in numbers]
    return found


def may_match(texts: Sequence[str], patterns: tuple[re.Pattern[str], ...]) -> list[list[int]]:
    """The numbers of the patterns that may match each text, in their order."""
    if len(texts) < _FEWEST:
        return [list(range(len(patterns)))] * len(texts)
    array, found = _array(texts), [list[int]() for _ in texts]
    for union, numbers in _unions(patterns):
        hits = pc.match_substring_regex(array, union).to_numpy(zero_copy_only=False)
        for index in np.flatnonzero(hits).tolist():
            found[index] += numbers
    return found


def _array(texts: Sequence[str]) -> pa.Array:
    try:
        return pa.array(texts, pa.large_string())
    except UnicodeEncodeError:  # surrogates by themselves: to the patterns one character beyond ASCII is like another
        whole = (text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts)
        return pa.array(list(whole), pa.large_string())


@cache
def _unions(patterns: tuple[re.Pattern[str], ...]) -> list[tuple[str, list[int]]]:
    unions = []
    for start in range(0, len(patterns), _TOGETHER):
        numbers = list(range(start, min(start + _TOGETHER, len(patterns))))
        unions.append(("|".join(wider(patterns[number]) for number in numbers), numbers))
    return unions


def wider(pattern: re.Pattern[str]) -> str:
    """A pattern for RE2 that matches somewhere in every text in which `pattern` does.

    Raises ValueError where a part of it has no such form: a reference to a group, or case that does not count.
    """
    if pattern.flags & ~(re.UNICODE | re.DOTALL | re.MULTILINE):
        raise ValueError(f"no first look for a pattern with these flags: {pattern.pattern}")
    return _sequence(parser.parse(pattern.pattern, pattern.flags), bool(pattern.flags & re.DOTALL), first=True)


def _sequence(items: Any, any_line: bool, *, first: bool) -> str:
    """`first`: nothing of the pattern stands before, so that what is looked back at can be read as a part of it."""
    return "".join(
        _item(kind, value, any_line, first=first and number == 0) for number, (kind, value) in enumerate(items)
    )


def _item(kind: Any, value: Any, any_line: bool, *, first: bool) -> str:
    if kind in (op.ASSERT, op.ASSERT_NOT):
        back = kind is op.ASSERT and value[0] < 0 and first
        return f"(?:{_sequence(value[1], any_line, first=True)})" if back else ""
    if kind is op.AT:  # a line's beginning is after any other line's end; of words' edges nothing is asked
        line = r"(?:\A|\n)" if first else ""
        return {op.AT_BEGINNING_STRING: r"\A", op.AT_END_STRING: r"\z", op.AT_BEGINNING: line}.get(value, "")
    if kind is op.BRANCH:
        return f"(?:{'|'.join(_sequence(branch, any_line, first=first) for branch in value[1])})"
    if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return f"(?:{_sequence(value[3] if kind is op.SUBPATTERN else value, any_line, first=first)})"
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, inside = value
        counted = f"{{{least},{most}}}" if most <= _MOST_REPEATS else f"{{{min(least, _MOST_REPEATS)},}}"
        return f"(?:{_sequence(inside, any_line, first=False)}){counted}"
    return _character(kind, value, any_line)


def _character(kind: Any, value: Any, any_line: bool) -> str:
    if kind is op.LITERAL:
        return _code(value)
    if kind is op.NOT_LITERAL:
        return f"[^{_code(value)}]"
    if kind is op.ANY:
        return "(?s:.)" if any_line else r"[^\n]"
    if kind is not op.IN:
        raise ValueError(f"no first look for a pattern with {kind}")
    # What is left out has to be narrower for the whole to be wider: of a class its ASCII alone.
    outside = value[0][0] is op.NEGATE
    parts = [_member(*each) + ("" if outside or each[0] is not op.CATEGORY else _BEYOND) for each in value[outside:]]
    return f"[{'^' if outside else ''}{''.join(parts)}]"


def _member(kind: Any, value: Any) -> str:
    if kind is op.RANGE:
        return f"{_code(value[0])}-{_code(value[1])}"
    return _code(value) if kind is op.LITERAL else _CLASSES[value]


def _code(character: int) -> str:
    return f"\\x{{{character:x}}}"
