"""Several sequences in one row, without padding and without seeing each other.

Position ids restart at every sequence; given those and no attention mask, transformers builds a mask that is block by
block (its `masking_utils`, packed sequences). Only positions that have a label get logits, a chunk at a time: with a
vocabulary of 262k the output layer is most of the work and nearly all of the memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any

Example = tuple[list[int], list[int]]  # token ids and labels, of one length; label -100: not supervised
CHUNK_BYTES = 128 << 20  # memory for one chunk of float32 logits
# Rows are filled up to a multiple of this: a CPU's matrix kernels are compiled anew for every new number of rows, which
# costs more than the work itself when no two batches are of one size.
MULTIPLE = 64


def packs(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Consecutive indices whose lengths sum to at most `budget`; a longer sequence goes alone."""
    held: list[int] = []
    size = 0
    for index, length in enumerate(lengths):
        if held and size + length > budget:
            yield held
            held, size = [], 0
        held.append(index)
        size += length
    if held:
        yield held


def hidden_states(model: Any, examples: Sequence[Example]) -> tuple[Any, Any, Any]:
    """Last hidden states [n, width] where the next token has a label, those labels [n], and each one's example [n]."""
    import torch

    filler = -sum(len(tokens) for tokens, _ in examples) % MULTIPLE
    examples = [*examples, ([0] * filler, [-100] * filler)] if filler else examples
    ids = torch.tensor([[token for tokens, _ in examples for token in tokens]])
    positions = torch.tensor([[place for tokens, _ in examples for place in range(len(tokens))]])
    # The label of a position is the next token's, and the last position of an example has none.
    shifted = [label for _, labels in examples for label in [*labels[1:], -100]]
    owner = torch.tensor([number for number, (tokens, _) in enumerate(examples) for _ in tokens])
    labels = torch.tensor(shifted)
    keep = (labels != -100).nonzero(as_tuple=True)[0]
    decoder = unwrapped(model).get_decoder()
    states = decoder(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
    return states[0, keep], labels[keep], owner[keep]


def unwrapped(model: Any) -> Any:
    """The transformers model inside a PEFT one."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def trained_rows(model: Any) -> tuple[list[int], Any] | None:
    """Rows of the output layer that PEFT trains (`trainable_token_indices`), and their values; None when there are none."""
    layer = getattr(unwrapped(model).get_output_embeddings(), "token_adapter", None)
    if layer is None:
        return None
    [name] = layer.active_adapters
    return layer.token_indices[name], layer.trainable_tokens_delta[name]


def chunk_rows(vocabulary: int) -> int:
    """How many rows of float32 logits fit into a chunk."""
    return max(1, CHUNK_BYTES // (4 * vocabulary))


def logprobs(model: Any, states: Any, labels: Any) -> Any:
    """Log-probability of each label [n], without gradients."""
    import torch

    head = unwrapped(model).get_output_embeddings().weight
    found = []
    with torch.no_grad():
        for rows, wanted in _chunks(states, labels, head.shape[0]):
            logits = (rows @ head.T).float()
            found.append(logits.gather(1, wanted[:, None])[:, 0] - logits.logsumexp(1))
    return torch.cat(found)[: len(labels)] if found else torch.zeros(0)


def _chunks(states: Any, labels: Any, vocabulary: int) -> Iterator[tuple[Any, Any]]:
    """Rows and their labels, as many as a chunk may hold; the last chunk filled up with rows of zeros and label 0."""
    from torch.nn.functional import pad

    size = chunk_rows(vocabulary)
    for start in range(0, len(labels), size):
        rows, wanted = states[start : start + size], labels[start : start + size]
        filler = -len(wanted) % min(MULTIPLE, size)
        yield pad(rows, (0, 0, 0, filler)), pad(wanted, (0, filler))


def backward(model: Any, states: Any, labels: Any, scale: float) -> float:
    """Adds the gradients of `scale` times the summed cross-entropy; returns that sum, unscaled.

    The gradient of the logits is softmax minus one-hot: it is made, used and dropped chunk by chunk, so the logits of a
    whole batch are never held. The output layer itself is frozen under LoRA, but for the rows of `trained_rows`.
    """
    import torch

    trained = trained_rows(model)
    total, left, grads = 0.0, len(labels), []
    with torch.no_grad():
        head = unwrapped(model).get_output_embeddings().weight
        for rows, wanted in _chunks(states.detach(), labels, head.shape[0]):
            logits = (rows @ head.T).float()
            norm = logits.logsumexp(1, keepdim=True)
            losses = norm[:, 0] - logits.gather(1, wanted[:, None])[:, 0]
            total += float(losses[:left].sum())
            soft = logits.sub_(norm).exp_()
            soft[torch.arange(len(wanted)), wanted] -= 1
            soft = soft.mul_(scale).to(head.dtype)
            grads.append((soft @ head)[:left])
            if trained is not None:  # rows of zeros, which fill the last chunk up, add nothing
                ids, delta = trained
                found = soft[:, ids].T @ rows
                delta.grad = found if delta.grad is None else delta.grad + found
            left -= len(wanted)
    states.backward(torch.cat(grads).to(states.dtype))
    return total


def check_output_layer(model: Any) -> None:
    """Raises UserError for a model whose logits are more than its output layer's: soft-capped, scaled, with a bias.

    The names known are looked up, because a soft cap hardly shows in small logits; the rest is seen on four tokens.
    """
    import torch

    from secondhalf.errors import UserError

    base = unwrapped(model)
    config = base.config
    for name in ("final_logit_softcapping", "logit_scale", "logits_scaling"):
        if getattr(config, name, None) not in (None, 1, 1.0):
            raise UserError(f"Students with {name} (config.json) are not supported yet: choose another student.")
    head = base.get_output_embeddings().weight
    ids = torch.arange(1, 5, device=head.device)[None]
    with torch.inference_mode():
        whole = base(input_ids=ids, use_cache=False).logits.float()
        ours = (base.get_decoder()(input_ids=ids, use_cache=False).last_hidden_state @ head.T).float()
    if whole.shape != ours.shape or float((whole - ours).abs().max()) > 0.05 * float(whole.abs().max()):
        raise UserError(
            f"Students of the type {config.model_type} are not supported yet, because their logits are more than hidden "
            "states times the output layer (a bias, a scale): choose another student."
        )
