"""How many pairs of each data set an arm is trained on: shares of supervised tokens, and as many as another arm has.

Supervised tokens are what the loss averages over: two data sets of equal pairs but unequal replies would pull
unequally. Pairs are whole, so a share is met to within half a pair.
"""

from collections.abc import Mapping, Sequence

from secondhalf.rows import digest

TokenCount = tuple[str, int]
"""A pair's id and its supervised tokens; 0 for one that is held out or that training will refuse."""


def token_budgets(
    counts: Mapping[str, Sequence[TokenCount]], weights: Mapping[str, float], limit: int | None
) -> dict[str, float]:
    """Supervised tokens for each data set, in proportion to the weights: as many as the scarcest has for its share, and
    no more than `limit` in all."""
    whole = sum(weights.values())
    available = {name: sum(tokens for _, tokens in pairs) for name, pairs in counts.items()}
    total = min(available[name] * whole / weight for name, weight in weights.items())
    total = total if limit is None else min(total, limit)
    return {name: total * weight / whole for name, weight in weights.items()}


def choose_within_budget(pairs: Sequence[TokenCount], budget: float, seed: int) -> set[str]:
    """The ids of the pairs that come first by a hash of id and seed, as near to `budget` tokens as whole pairs allow.

    A larger budget keeps what a smaller one had. Pairs of no tokens come along with those that they stand between.
    """
    if budget >= sum(tokens for _, tokens in pairs):
        return {id for id, _ in pairs}
    chosen: set[str] = set()
    total = 0
    for id, tokens in sorted(pairs, key=lambda pair: (digest("share", str(seed), pair[0]), pair[0])):
        if total + tokens / 2 > budget:
            break
        chosen.add(id)
        total += tokens
    return chosen
