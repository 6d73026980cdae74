"""The longest run that two sequences have in common, in time that grows with their lengths."""

from collections.abc import Sequence
from typing import NamedTuple


class CommonRun(NamedTuple):
    """Its length, and where it begins in the second sequence."""

    length: int
    start: int


def longest_common_run(one: Sequence[str], other: Sequence[str]) -> CommonRun:
    """The longest run of items of `one` that stands in `other`, the first of equals; length 0 where there is none.

    By the suffix automaton of `one` (Blumer et al. 1985), along which `other` is read.
    """
    automaton = _suffix_automaton(one)
    state = length = 0
    best = CommonRun(0, 0)
    for index, item in enumerate(other):
        while state and item not in automaton.following[state]:
            state = automaton.link[state]
            length = automaton.longest[state]
        if item in automaton.following[state]:
            state = automaton.following[state][item]
            length += 1
        if length > best.length:
            best = CommonRun(length, index + 1 - length)
    return best


class _Automaton(NamedTuple):
    following: list[dict[str, int]]
    link: list[int]
    longest: list[int]


def _suffix_automaton(items: Sequence[str]) -> _Automaton:
    following: list[dict[str, int]] = [{}]
    link, longest = [-1], [0]
    last = 0
    for item in items:
        new = len(following)
        following.append({})
        longest.append(longest[last] + 1)
        link.append(0)
        state = last
        while state != -1 and item not in following[state]:
            following[state][item] = new
            state = link[state]
        if state != -1:
            after = following[state][item]
            if longest[after] == longest[state] + 1:
                link[new] = after
            else:
                clone = len(following)
                following.append(dict(following[after]))
                longest.append(longest[state] + 1)
                link.append(link[after])
                while state != -1 and following[state].get(item) == after:
                    following[state][item] = clone
                    state = link[state]
                link[after] = link[new] = clone
        last = new
    return _Automaton(following, link, longest)
