"""How likely a model finds responses after their prompts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.weights.packing import hidden_states, logprobs, pack_indices
from secondhalf.progress import Progress

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Pair = tuple[list[int], list[int]]
"""The token ids of a prompt and of a response to it."""
_TOKENS_PER_PACK = 512  # tokens scored together: on two cores larger ones were slower


def loglikelihood(
    model: PreTrainedModel, pairs: Sequence[Pair], label: str, temperature: float = 1.0
) -> list[tuple[float, int]]:
    """Each response's log-probability in nats with the logits divided by `temperature`, and its number of tokens."""
    import torch

    sums = [0.0] * len(pairs)
    for pack_indexes, pair_index, token_scores in _scored(model, pairs, label, temperature):
        scores = torch.zeros(len(pack_indexes), device=token_scores.device).index_add_(0, pair_index, token_scores)
        for index, total in zip(pack_indexes, scores.tolist(), strict=True):
            sums[index] = total
    return [(total, len(after)) for total, (_, after) in zip(sums, pairs, strict=True)]


def token_logprobs(
    model: PreTrainedModel, pairs: Sequence[Pair], label: str, temperature: float = 1.0
) -> list[list[float]]:
    """The log-probability of each of each response's tokens, in nats."""
    scores: list[list[float]] = [[] for _ in pairs]
    for pack_indexes, pair_index, token_scores in _scored(model, pairs, label, temperature):
        for pair, value in zip(pair_index.tolist(), token_scores.tolist(), strict=True):
            scores[pack_indexes[pair]].append(value)
    return scores


def check_finite(values: torch.Tensor, label: str) -> None:
    """Raises UserError for what a broken model answers: kept, it would stop everything that is reckoned with it later."""
    if not bool(values.isfinite().all()):
        raise UserError(
            f"{label}: the model's likelihoods are no numbers: its weights are damaged, or its numbers overflow on this "
            "machine; fetch or make it anew, or choose another one."
        )


def _scored(
    model: PreTrainedModel, pairs: Sequence[Pair], label: str, temperature: float
) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
    """Pack by pack: which pairs, and the index and the log-probability of each supervised token."""
    import torch

    examples = [(before + after, [-100] * len(before) + after) for before, after in pairs]
    order = sorted(range(len(examples)), key=lambda index: (len(examples[index][0]), index))
    with Progress(label, len(pairs), "responses") as progress:
        for pack in pack_indices([len(examples[index][0]) for index in order], _TOKENS_PER_PACK):
            pack_indexes = [order[pair] for pair in pack]
            with torch.inference_mode():
                states, labels, pair_index = hidden_states(model, [examples[index] for index in pack_indexes])
                token_scores = logprobs(model, states, labels, temperature)
            check_finite(token_scores, label)
            yield pack_indexes, pair_index, token_scores
            progress.advance(len(pack_indexes))
