"""Each reply under another document's half: if that teaches as much, it was the style and not the pairing.

The halves are dealt out anew among pairs of one language and of like lengths, so that both keep their lengths, and how
long a half stands before how long a reply stays nearly what it was.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from secondhalf.rows import Pair, Verdict, digest, from_table, partition_by_verdicts
from secondhalf.store.mapper import Batch
from secondhalf.text.language import count_words

_BLOCK = 16  # pairs next to each other in length, among which halves are dealt


def shuffled(pairs: pa.Table, seed: int) -> Batch:
    """Pairs in; the same pairs, in their order, each with another pair's prompt out.

    No reply keeps its own prompt or one of the same words, and every prompt is used once. Refused are pairs that have
    no partner: those whose prompt more than half of their language's pairs share, as far as they are too many. The
    result depends on the pairs and the seed, not on the order of the rows. `original` stays the reply's document's own.
    """
    rows = from_table(Pair, pairs)
    languages: dict[str, list[Pair]] = {}
    for pair in rows:
        languages.setdefault(pair.language, []).append(pair)
    prompts: dict[str, str] = {}
    for some in languages.values():
        prompts |= _dealt(some, seed)
    given = [replace(pair, prompt=prompts.get(pair.id, pair.prompt)) for pair in rows]
    verdicts = [
        [Verdict(pair.id, "pairing", pair.id in prompts, 1.0, "" if pair.id in prompts else "no other half to stand under")]
        for pair in rows
    ]  # fmt: skip
    return partition_by_verdicts(Pair, given, verdicts)


def _dealt(pairs: list[Pair], seed: int) -> dict[str, str]:
    """The prompt that each pair gets, by id; pairs without a partner are missing."""
    pairs = _with_partners(sorted(pairs, key=lambda pair: digest(str(seed), pair.id)))
    pairs.sort(key=lambda pair: count_words(pair.prompt))  # stable: equal lengths stay in hash order
    draw = random.Random(f"shuffled {seed}")
    order = list(range(len(pairs)))
    for start in range(0, len(order), _BLOCK):
        _cycle(order, start, min(start + _BLOCK, len(order)), draw)
    _mend(pairs, order)
    return {pair.id: pairs[place].prompt for pair, place in zip(pairs, order, strict=True)}


def _with_partners(pairs: list[Pair]) -> list[Pair]:
    """The pairs without the excess of a prompt that more than half of them share: nothing else is left for those."""
    for prompt, count in Counter(pair.prompt for pair in pairs).most_common(1):
        excess = count - (len(pairs) - count)
        if excess > 0:
            same = [pair for pair in pairs if pair.prompt == prompt]
            gone = {pair.id for pair in same[:excess]}
            return [pair for pair in pairs if pair.id not in gone]
    return pairs


def _cycle(order: list[int], start: int, stop: int, draw: random.Random) -> None:
    """One random cycle through order[start:stop] (Sattolo's algorithm): none stays in its place."""
    for place in range(stop - 1, start, -1):
        other = draw.randrange(start, place)
        order[place], order[other] = order[other], order[place]


def _mend(pairs: list[Pair], order: list[int]) -> None:
    """Swaps away what is left: a last block of one, and prompts of the same words.

    With no prompt on more than half of the pairs there is always a swap that mends one place and breaks none.
    """
    prompts = [pair.prompt for pair in pairs]
    for place, given in enumerate(order):
        if prompts[given] != prompts[place]:
            continue
        for other in _nearest(place, len(order)):
            if prompts[other] != prompts[place] and prompts[order[other]] != prompts[place]:
                order[place], order[other] = order[other], order[place]
                break


def _nearest(place: int, size: int) -> Iterator[int]:
    """Every other place below `size`, the nearest first."""
    for distance in range(1, size):
        for other in (place - distance, place + distance):
            if 0 <= other < size:
                yield other
