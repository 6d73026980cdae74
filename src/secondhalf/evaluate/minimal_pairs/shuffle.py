"""The minimal pairs with each other's prompts: a control of the figure itself, which is at chance then."""

from collections.abc import Sequence
from dataclasses import replace

from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair
from secondhalf.rows import digest


def shuffle_prompts(pairs: Sequence[MinimalPair]) -> list[MinimalPair]:
    """Each pair's answers under the prompts of the next pair by hash of its language, another topic and another kind.

    Raises ValueError where there is none.
    """
    circle = sorted(pairs, key=lambda pair: digest("shuffle", pair.id))
    shuffled = []
    for place, pair in enumerate(circle):
        following = [*circle[place + 1 :], *circle[:place]]
        fitting = (
            other
            for other in following
            if other.language == pair.language and other.topic != pair.topic and other.kind != pair.kind
        )
        other = next(fitting, None)
        if other is None:
            raise ValueError(f"{pair.id} has no other topic and kind in its language")
        shuffled.append(replace(pair, plain=other.plain, prompt=other.prompt))
    return sorted(shuffled, key=lambda pair: pair.id)
