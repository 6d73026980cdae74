"""Does a reply copy its prompt, or recite the text's own second half, which the teacher was never shown?

Case, width, punctuation and line ends make no difference (text/units.py).
"""

from collections.abc import Iterator

from secondhalf.rows import Pair, Verdict
from secondhalf.text.common_run import longest_common_run
from secondhalf.text.units import comparable_units, spaceless_units, unit_span

_SHORTEST, _SHORTEST_JA = 6, 12  # runs that are shorter are phrases that everyone has, and are not measured
_ECHO, _ECHO_JA = 4, 8


def check_echo(pair: Pair, limit: float) -> Verdict:
    """A reply that copies its prompt. Score: the share of its 4-grams (characters: 8-grams) that stand there, 0 to 1."""
    reply = comparable_units(pair.response)
    n = _ECHO_JA if spaceless_units(reply) else _ECHO
    count = len(reply) - n + 1
    known = set(_grams(comparable_units(pair.prompt), n))
    share = sum(map(known.__contains__, _grams(reply, n))) / count if count > 0 else 0.0
    return Verdict(pair.id, "echo", share <= limit, share, "" if share <= limit else "the reply copies the prompt")


def check_memorised(pair: Pair, words: int, characters: int) -> Verdict:
    """A reply that recites the original. Score: the longest run of words (Japanese: characters) that both have; 0 below 6 (12).

    The span is that run, in the response. Not passed from `words`, or `characters`, on.
    """
    reply, original = comparable_units(pair.response), comparable_units(pair.original)
    spaceless = spaceless_units(reply)
    n, limit = (_SHORTEST_JA, characters) if spaceless else (_SHORTEST, words)
    n = min(n, limit)
    if not _have_a_run(reply, original, n):
        return Verdict(pair.id, "memorised", True, 0.0)
    run = longest_common_run(original, reply)
    if run.length < limit:
        return Verdict(pair.id, "memorised", True, float(run.length))
    span = unit_span(pair.response, run.start, run.start + run.length - 1)
    reason = f"the reply recites the original: {run.length} {'characters' if spaceless else 'words'} on end"
    return Verdict(pair.id, "memorised", False, float(run.length), reason, *span)


def _have_a_run(one: tuple[str, ...], other: tuple[str, ...], n: int) -> bool:
    """Whether n units on end stand in both. So many hold one of every few shorter runs: most texts are done with those."""
    half = (n + 1) // 2
    step = n - half + 1
    if set(_grams(one, half)).isdisjoint(zip(*(other[start::step] for start in range(half)), strict=False)):
        return False
    return not set(_grams(one, n)).isdisjoint(_grams(other, n))


def _grams(units: tuple[str, ...], n: int) -> Iterator[tuple[str, ...]]:
    return zip(*(units[start:] for start in range(n)), strict=False)
