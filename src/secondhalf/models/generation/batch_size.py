"""How many answers are written together on this machine: their keys and values have to fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import torch

from secondhalf.models.generation.kv_cache import ROOM, empty_cache, rows_are_separable
from secondhalf.models.weights.packing import unwrapped

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_ROWS = {"cpu": 128, "cuda": 256}  # at most: more were no faster
_PLAIN = 64  # of a model whose state is not known here
# One part in so many of all memory. Not of what is free: a batch of another width rounds otherwise, and equal runs would
# differ.
_PART = 8


def rows_at_once(model: PreTrainedModel, tokens: int) -> int:
    """For prompts of so many tokens with their answers."""
    kind = unwrapped(model).device.type
    memory = torch.cuda.mem_get_info()[1] if kind == "cuda" else psutil.virtual_memory().total
    return min(_ROWS.get(kind, _PLAIN), rows_that_fit(model, tokens, memory // _PART))


def rows_that_fit(model: PreTrainedModel, tokens: int, memory: int) -> int:
    """How many rows of so many tokens have their keys and values in `memory` bytes; one at least."""
    if not rows_are_separable(unwrapped(model)):
        return _PLAIN
    return max(1, int(memory // (_bytes_per_token(model) * (tokens + ROOM))))


def _bytes_per_token(model: PreTrainedModel) -> int:
    """Of all layers, measured: configurations name their widths in too many ways."""
    cache = empty_cache()
    one = torch.zeros(1, 1, dtype=torch.long, device=unwrapped(model).device)
    with torch.inference_mode():
        model(input_ids=one, position_ids=one, cache=cache, use_cache=True, logits_to_keep=1)
    return sum(part.nbytes for layer in cache.layers for part in (layer.keys, layer.values))
