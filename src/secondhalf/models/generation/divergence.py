"""How sharp a student's words are, and how far they have moved from the untouched student's.

Of each token of a response, over the whole vocabulary, in nats: the entropy of the student's distribution, and the
Kullback-Leibler divergence from the untouched student's to it. What training did beside what it was meant to do: a
likelihood figure that rises as the entropy falls has shown sharpness alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from secondhalf.models.generation.likelihoods import Pair, check_finite
from secondhalf.models.weights.adapters import without_adapter
from secondhalf.models.weights.output_layer import OutputLayer
from secondhalf.models.weights.packing import chunk_rows, hidden_states, pack_indices, trained_rows, unwrapped
from secondhalf.progress import Progress

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_TOKENS_PER_PACK = 512


def divergence(
    model: PreTrainedModel, pairs: Sequence[Pair], label: str, temperature: float = 1.0
) -> list[tuple[float, float]]:
    """For each (prompt ids, response ids) the mean entropy and the mean divergence over the response's tokens, in nats.

    The model's logits are divided by `temperature`, the untouched student's are not: its adapter is left out.
    """
    import torch

    examples = [(before + after, [-100] * len(before) + after) for before, after in pairs]
    order = sorted(range(len(examples)), key=lambda index: (len(examples[index][0]), index))
    means = [(0.0, 0.0)] * len(pairs)
    adapted = hasattr(model, "disable_adapter")
    heads = OutputLayer.of(unwrapped(model)), _untouched_head(model)
    with Progress(label, len(pairs), "responses") as progress, torch.inference_mode():
        for pack in pack_indices([len(examples[index][0]) for index in order], _TOKENS_PER_PACK):
            batch = [examples[order[place]] for place in pack]
            states, _, place_of = hidden_states(model, batch)
            untouched = states if temperature != 1 else None
            if adapted:
                with without_adapter(model):
                    untouched = hidden_states(model, batch)[0]
            values = _by_token(heads, states, untouched, temperature)
            check_finite(values, label)
            for number, place in enumerate(pack):
                entropy, moved = values[place_of == number].mean(0).tolist()
                means[order[place]] = (entropy, moved)
            progress.advance(len(pack))
    return means


def _untouched_head(model: PreTrainedModel) -> OutputLayer:
    """The output layer without the adapter's rows, which are written into it while the adapter is on."""
    head = OutputLayer.of(unwrapped(model))
    with without_adapter(model):
        before = OutputLayer.of(unwrapped(model))
        changed = trained_rows(unwrapped(model)) is not None
        return replace(before, weight=before.weight.detach().clone()) if changed else head


def _by_token(
    heads: tuple[OutputLayer, OutputLayer], states: torch.Tensor, untouched: torch.Tensor | None, temperature: float
) -> torch.Tensor:
    """Entropy and divergence [tokens, 2], a chunk of logits at a time. `heads`: the tuned output layer and the untouched one.

    `untouched` is None where `states` are the untouched student's, whose divergence from itself is 0. Chunks are large, and the
    system clears every new one: what can be is made in place.
    """
    import torch

    (head, head_before), values = heads, []
    size = max(1, chunk_rows(head.weight.shape[0]) // 2)
    for start in range(0, len(states), size):
        rows = slice(start, start + size)
        tuned = head.logits(states[rows]).div_(temperature).log_softmax(1)
        entropy = -tuned.exp().mul_(tuned).sum(1)
        if untouched is None:
            values.append(torch.stack([entropy, torch.zeros_like(entropy)], 1))
            continue
        before = head_before.logits(untouched[rows]).log_softmax(1)
        values.append(torch.stack([entropy, before.exp().mul_(before.sub_(tuned)).sum(1)], 1))
    return torch.cat(values)
