"""Several sequences in one row, without padding and without seeing each other.

Position ids restart at every sequence; given those and no attention mask, transformers builds a mask that is block by
block (its `masking_utils`, packed sequences). Only positions that have a label get logits, a chunk at a time: with a
vocabulary of 262k the output layer is most of the work and nearly all of the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secondhalf.models.weights.output_layer import OutputLayer
from secondhalf.models.weights.pull import Pull

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Example = tuple[list[int], list[int]]  # token ids and labels, of one length; label -100: not supervised
CHUNK_BYTES = 128 << 20  # memory for one chunk of float32 logits
# Rows are filled up to a multiple of this: a CPU's matrix kernels are compiled anew for every new number of rows, which
# costs more than the work itself when no two batches are of one size.
MULTIPLE = 64


def pack_indices(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Consecutive indices whose lengths sum to at most `budget`; a longer sequence goes alone."""
    pack: list[int] = []
    size = 0
    for index, length in enumerate(lengths):
        if pack and size + length > budget:
            yield pack
            pack, size = [], 0
        pack.append(index)
        size += length
    if pack:
        yield pack


def hidden_states(
    model: PreTrainedModel, examples: Sequence[Example]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Last hidden states [n, width] where the next token has a label, those labels [n], and each one's example [n]."""
    import torch

    filler = -sum(len(tokens) for tokens, _ in examples) % MULTIPLE
    examples = [*examples, ([0] * filler, [-100] * filler)] if filler else examples
    device = unwrapped(model).device
    ids = torch.tensor([[token for tokens, _ in examples for token in tokens]], device=device)
    positions = torch.tensor([[position for tokens, _ in examples for position in range(len(tokens))]], device=device)
    # The label of a position is the next token's, and the last position of an example has none.
    shifted = [label for _, labels in examples for label in [*labels[1:], -100]]
    example_index = torch.tensor([number for number, (tokens, _) in enumerate(examples) for _ in tokens], device=device)
    labels = torch.tensor(shifted, device=device)
    keep = (labels != -100).nonzero(as_tuple=True)[0]
    decoder = unwrapped(model).get_decoder()
    states = decoder(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
    return states[0, keep], labels[keep], example_index[keep]


def unwrapped(model: PreTrainedModel) -> PreTrainedModel:
    """The transformers model inside a PEFT one."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def trained_rows(model: PreTrainedModel) -> tuple[list[int], torch.Tensor] | None:
    """Rows of the output layer that PEFT trains (`trainable_token_indices`), and their values; None when there are none."""
    layer = getattr(unwrapped(model).get_output_embeddings(), "token_adapter", None)
    if layer is None:
        return None
    [name] = layer.active_adapters
    return layer.token_indices[name], layer.trainable_tokens_delta[name]


def chunk_rows(vocabulary: int) -> int:
    """How many rows of float32 logits fit into a chunk."""
    return max(1, CHUNK_BYTES // (4 * vocabulary))


def logprobs(
    model: PreTrainedModel, states: torch.Tensor, labels: torch.Tensor, temperature: float = 1.0
) -> torch.Tensor:
    """Log-probability of each label [n] after dividing the logits by `temperature`, without gradients."""
    import torch

    head = OutputLayer.of(unwrapped(model))
    token_logprobs = []
    with torch.no_grad():
        for rows, chunk_labels in _chunks(states, labels, head.weight.shape[0]):
            logits = head.logits(rows).div_(temperature)
            token_logprobs.append(logits.gather(1, chunk_labels[:, None])[:, 0] - logits.logsumexp(1))
    return torch.cat(token_logprobs)[: len(labels)] if token_logprobs else states.new_zeros(0, dtype=torch.float32)


def _chunks(states: torch.Tensor, labels: torch.Tensor, vocabulary: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Rows and their labels, as many as a chunk may hold; the last chunk filled up with rows of zeros and label 0."""
    from torch.nn.functional import pad

    size = chunk_rows(vocabulary)
    for start in range(0, len(labels), size):
        rows, chunk_labels = states[start : start + size], labels[start : start + size]
        filler = -len(chunk_labels) % min(MULTIPLE, size)
        yield pad(rows, (0, 0, 0, filler)), pad(chunk_labels, (0, filler))


def backward(
    model: PreTrainedModel, states: torch.Tensor, labels: torch.Tensor, scale: float, pull: Pull | None = None
) -> float:
    """Adds the gradients of `scale` times the summed cross-entropy, and of the pull; returns the cross-entropy, unscaled.

    The gradient of the logits is softmax minus one-hot: it is made, used and dropped chunk by chunk, so the logits of a
    whole batch are never held. Under LoRA the output layer is frozen, but for the rows of `trained_rows`.
    """
    import torch

    head, trained = OutputLayer.of(unwrapped(model)), trained_rows(model)
    # A head whose rows alone are trained is no leaf: its weight is put together anew at every look.
    whole = trained is None and head.weight.requires_grad
    total, remaining, grads = 0.0, len(labels), []
    vocabulary = head.weight.shape[0]
    pulls = _chunks(pull.states, labels, vocabulary) if pull else None
    with torch.no_grad():
        for rows, chunk_labels in _chunks(states.detach(), labels, vocabulary):
            logits = head.logits(rows)
            slope = head.slope(logits)
            norm = logits.logsumexp(1, keepdim=True)
            losses = norm[:, 0] - logits.gather(1, chunk_labels[:, None])[:, 0]
            total += float(losses[:remaining].sum())
            gradient = logits.sub_(norm).exp_()
            gradient[torch.arange(len(chunk_labels)), chunk_labels] -= 1
            if pull and pulls:
                pull.add_gradient(gradient, head.logits(next(pulls)[0]), chunk_labels)
            gradient = gradient.mul_(slope * scale).to(head.weight.dtype)
            grads.append((gradient @ head.weight)[:remaining])
            if trained is not None:  # rows of zeros, which fill the last chunk up, add nothing
                ids, delta = trained
                _add(delta, gradient[:, ids].T @ rows)
            if whole:
                _add(head.weight, gradient.T @ rows)
                if head.bias is not None and head.bias.requires_grad:
                    _add(head.bias, gradient[:remaining].sum(0))
            remaining -= len(chunk_labels)
    if grads:  # a batch may have no label
        states.backward(torch.cat(grads).to(states.dtype))
    return total


def _add(weight: torch.Tensor, grad: torch.Tensor) -> None:
    weight.grad = grad if weight.grad is None else weight.grad + grad
