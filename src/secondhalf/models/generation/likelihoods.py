"""How likely a model finds responses after their prompts."""

from collections.abc import Iterator, Sequence
from typing import Any

from secondhalf.models.weights.packing import hidden_states, logprobs, pack_indices
from secondhalf.progress import Progress

Pair = tuple[list[int], list[int]]
"""The token ids of a prompt and of a response to it."""
_BUDGET = 512  # tokens scored together: on two cores larger ones were slower


def loglikelihood(model: Any, pairs: Sequence[Pair], label: str) -> list[tuple[float, int]]:
    """Each response's log-probability in nats, and its number of tokens."""
    import torch

    sums = [0.0] * len(pairs)
    for some, owner, found in _scored(model, pairs, label):
        each = torch.zeros(len(some), device=found.device).index_add_(0, owner, found)
        for index, total in zip(some, each.tolist(), strict=True):
            sums[index] = total
    return [(total, len(after)) for total, (_, after) in zip(sums, pairs, strict=True)]


def token_logprobs(model: Any, pairs: Sequence[Pair], label: str) -> list[list[float]]:
    """The log-probability of each of each response's tokens, in nats."""
    each: list[list[float]] = [[] for _ in pairs]
    for some, owner, found in _scored(model, pairs, label):
        for place, value in zip(owner.tolist(), found.tolist(), strict=True):
            each[some[place]].append(value)
    return each


def _scored(model: Any, pairs: Sequence[Pair], label: str) -> Iterator[tuple[list[int], Any, Any]]:
    """Pack by pack: which pairs, and the owner and the log-probability of each supervised token."""
    import torch

    examples = [(before + after, [-100] * len(before) + after) for before, after in pairs]
    order = sorted(range(len(examples)), key=lambda index: (len(examples[index][0]), index))
    with Progress(label, len(pairs), "responses") as progress:
        for pack in pack_indices([len(examples[index][0]) for index in order], _BUDGET):
            some = [order[place] for place in pack]
            with torch.inference_mode():
                states, labels, owner = hidden_states(model, [examples[index] for index in some])
                found = logprobs(model, states, labels)
            yield some, owner, found
            progress.advance(len(some))
