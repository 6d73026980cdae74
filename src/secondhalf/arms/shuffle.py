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
from secondhalf.store.mapper import ShardTables
from secondhalf.text.language import count_words

_BLOCK = 16  # pairs next to each other in length, among which halves are dealt


def shuffle_prompts(pairs: pa.Table, seed: int) -> ShardTables:
    """Pairs in; the same pairs, in their order, each with another pair's prompt out.

    No reply keeps its own prompt or one of the same words, and every prompt is used once. Refused are pairs that have
    no partner: those whose prompt more than half of their language's pairs share, as far as they are too many. The
    result depends on the pairs and the seed, not on the order of the rows. `original` stays the reply's document's own.

    >>> import secondhalf
    >>> from secondhalf.rows import Pair, to_table
    >>> rows = [Pair(n, n, "words", "en", f"half {n}", "", response=f"reply {n}") for n in "abc"]
    >>> shuffled, rejects, verdicts = secondhalf.shuffle_prompts(to_table(Pair, rows), seed=1)
    >>> pairs = zip(shuffled["prompt"].to_pylist(), shuffled["response"].to_pylist(), strict=True)
    >>> all(prompt[-1] != reply[-1] for prompt, reply in pairs)
    True
    """
    rows = from_table(Pair, pairs)
    languages: dict[str, list[Pair]] = {}
    for pair in rows:
        languages.setdefault(pair.language, []).append(pair)
    prompts: dict[str, str] = {}
    for same_language in languages.values():
        prompts |= _assign_prompts(same_language, seed)
    shuffled = [replace(pair, prompt=prompts.get(pair.id, pair.prompt)) for pair in rows]
    verdicts = [
        [Verdict(pair.id, "pairing", pair.id in prompts, 1.0, "" if pair.id in prompts else "no other half to stand under")]
        for pair in rows
    ]  # fmt: skip
    return partition_by_verdicts(Pair, shuffled, verdicts)


def _assign_prompts(pairs: list[Pair], seed: int) -> dict[str, str]:
    """The prompt that each pair gets, by id; pairs without a partner are missing."""
    pairs = _with_partners(sorted(pairs, key=lambda pair: digest(str(seed), pair.id)))
    pairs.sort(key=lambda pair: count_words(pair.prompt))  # stable: equal lengths stay in hash order
    generator = random.Random(f"shuffled {seed}")
    order = list(range(len(pairs)))
    for start in range(0, len(order), _BLOCK):
        _shuffle_block(order, start, min(start + _BLOCK, len(order)), generator)
    _swap_equal_prompts(pairs, order)
    return {pair.id: pairs[index].prompt for pair, index in zip(pairs, order, strict=True)}


def _with_partners(pairs: list[Pair]) -> list[Pair]:
    """The pairs without the excess of a prompt that more than half of them share: nothing else is left for those."""
    for prompt, count in Counter(pair.prompt for pair in pairs).most_common(1):
        excess = count - (len(pairs) - count)
        if excess > 0:
            same = [pair for pair in pairs if pair.prompt == prompt]
            dropped = {pair.id for pair in same[:excess]}
            return [pair for pair in pairs if pair.id not in dropped]
    return pairs


def _shuffle_block(order: list[int], start: int, stop: int, generator: random.Random) -> None:
    """One random cycle through order[start:stop] (Sattolo's algorithm): none keeps its index."""
    for index in range(stop - 1, start, -1):
        other = generator.randrange(start, index)
        order[index], order[other] = order[other], order[index]


def _swap_equal_prompts(pairs: list[Pair], order: list[int]) -> None:
    """Swaps away what is left: a last block of one, and prompts of the same words.

    With no prompt on more than half of the pairs there is always a swap that mends one index and breaks none.
    """
    prompts = [pair.prompt for pair in pairs]
    for index, source in enumerate(order):
        if prompts[source] != prompts[index]:
            continue
        for other in _nearest(index, len(order)):
            if prompts[other] != prompts[index] and prompts[order[other]] != prompts[index]:
                order[index], order[other] = order[other], order[index]
                break


def _nearest(index: int, size: int) -> Iterator[int]:
    """Every other index below `size`, the nearest first."""
    for distance in range(1, size):
        for other in (index - distance, index + distance):
            if 0 <= other < size:
                yield other
