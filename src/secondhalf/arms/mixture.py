"""How many pairs of each data set an arm is trained on: shares of supervised tokens, and as many as another arm has.

Supervised tokens are what the loss averages over: two data sets of equal pairs but unequal replies would pull
unequally. Pairs are whole, so a share is met to within half a pair.
"""

from collections.abc import Mapping, Sequence

from secondhalf.rows import digest

TokenCount = tuple[str, int]
"""A pair's id and its supervised tokens; 0 for one that is held out or that training will refuse."""


def token_budgets(
    sizes: Mapping[str, Sequence[TokenCount]], weights: Mapping[str, float], limit: int | None
) -> dict[str, float]:
    """Supervised tokens for each data set, in proportion to the weights: as many as the scarcest has for its share, and
    no more than `limit` in all."""
    whole = sum(weights.values())
    there = {name: sum(tokens for _, tokens in some) for name, some in sizes.items()}
    total = min(there[name] * whole / weight for name, weight in weights.items())
    total = total if limit is None else min(total, limit)
    return {name: total * weight / whole for name, weight in weights.items()}


def choose_within_budget(some: Sequence[TokenCount], budget: float, seed: int) -> set[str]:
    """The ids of the pairs that come first by a hash of id and seed, as near to `budget` tokens as whole pairs allow.

    A larger budget keeps what a smaller one had. Pairs of no tokens come along with those that they stand between.
    """
    if budget >= sum(tokens for _, tokens in some):
        return {id for id, _ in some}
    taken: set[str] = set()
    total = 0
    for id, tokens in sorted(some, key=lambda sized: (digest("share", str(seed), sized[0]), sized[0])):
        if total + tokens / 2 > budget:
            break
        taken.add(id)
        total += tokens
    return taken
