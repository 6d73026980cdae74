"""Keys and values of rows that come and go: aligned at their ends, so that all rows are written at one place.

Room for new tokens is kept free behind them: transformers' own cache copies all of itself for every token.
"""

from collections.abc import Sequence
from inspect import signature
from typing import Any

import psutil
import torch
from transformers import Cache
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

_ROWS = {"cpu": 128, "cuda": 256}  # written together at most: more were no faster
# One part in so many of all memory is for keys and values. Not of what is free: a batch of another width rounds otherwise,
# and equal runs would differ.
_PART = 8
_ROOM = 64  # tokens that fit in before a layer is copied to a larger place
_FIRST = (
    16  # the same after rows have come or gone: they often do so again before that is full, and room is multiplied too
)


class RoomyLayer(DynamicLayer):  # type: ignore[misc]  # transformers has no types
    """One layer's keys and values: the first tokens of two places [rows, heads, tokens with room, width]."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places: list[Any] = []

    def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Writes the new tokens behind the others. Returns the places with their room, which causality masks: a part of
        a place would be no contiguous matrix, and three times slower to multiply."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = key_states, value_states
            return key_states, value_states
        held = self.keys.shape[-2]
        needed = held + key_states.shape[-2]
        if not self._places or needed > self._places[0].shape[-2]:
            self.hold([(self.keys, self.values)], held, self._size(needed) - held)
        for place, new in zip(self._places, (key_states, value_states), strict=True):
            place[:, :, held:needed] = new
        self.keys, self.values = (place[:, :, :needed] for place in self._places)
        return self._places[0], self._places[1]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Tokens that `update` will return when it is given so many more, and the number of the first."""
        held = self.get_seq_length()
        return (self._size(held + query_length) if held else query_length), 0

    def _size(self, needed: int) -> int:
        have = self._places[0].shape[-2] if self._places else 0
        return have if needed <= have else needed + _ROOM

    def hold(self, groups: Sequence[tuple[Any, Any]], tokens: int, room: int = _FIRST) -> None:
        """From here on the rows of these groups (keys, values), each with its last `tokens` tokens."""
        self._places = [_beside(parts, tokens, room) for parts in zip(*groups, strict=True)]
        self.keys, self.values = (place[:, :, :tokens] for place in self._places)


def _beside(parts: Sequence[Any], tokens: int, room: int) -> Any:
    """Groups of rows in one tensor, aligned at their ends."""
    _, heads, _, width = parts[0].shape
    # In front of a shorter row stand zeros: a weight of zero times whatever the memory held could be no number.
    place = parts[0].new_zeros((sum(map(len, parts)), heads, tokens + room, width))
    row = 0
    for part in parts:
        held = min(tokens, part.shape[-2])
        place[row : row + len(part), :, tokens - held : tokens] = part[:, :, part.shape[-2] - held :]
        row += len(part)
    return place


def empty() -> Cache:
    """A cache without rows."""
    return Cache(layer_class_to_replicate=RoomyLayer)


def join(cache: Cache, keep: Any, others: Sequence[Cache], tokens: int) -> None:
    """Leaves the rows `keep` (an index) and puts the others' behind them, each row with its last `tokens` tokens."""
    for number, layer in enumerate(cache.layers):
        groups = [(layer.keys[keep], layer.values[keep])]
        groups += [(other.layers[number].keys, other.layers[number].values) for other in others]
        layer.hold(groups, tokens)


def spread(cache: Cache, rows: int, room: int) -> None:
    """Of one row so many, each with room for exactly so many more tokens."""
    for layer in cache.layers:
        layer.hold(
            [(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1))], layer.keys.shape[-2], room
        )


def moved(cache: Cache, start: int, gaps: Any) -> None:
    """Each row's first `start` tokens go behind the gap [rows] that follows them, so that a row is whole at its end."""
    for layer in cache.layers:
        tokens = torch.arange(layer.keys.shape[-2], device=gaps.device)
        source = torch.where(tokens < start + gaps[:, None], (tokens - gaps[:, None]).clamp(min=0), tokens)
        index = source[:, None, :, None].expand_as(layer.keys)
        layer.hold([(layer.keys.gather(2, index), layer.values.gather(2, index))], len(tokens), 0)


def rows_at_once(model: Any, tokens: int) -> int:
    """How many rows of so many tokens are written together on this machine."""
    kind = model.device.type
    memory = torch.cuda.mem_get_info()[1] if kind == "cuda" else psutil.virtual_memory().total
    return min(_ROWS.get(kind, 64), rows_that_fit(model, tokens, memory // _PART))


def rows_that_fit(model: Any, tokens: int, memory: int) -> int:
    """How many rows of so many tokens have their keys and values in `memory` bytes; one at least."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_attention_heads", 1)  # 1: a model that keeps a state instead of keys and values
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    shared = getattr(config, "num_key_value_heads", None) or heads
    per_token = 2 * config.num_hidden_layers * shared * width * model.dtype.itemsize
    return max(1, int(memory // (per_token * (tokens + _ROOM))))


def fits(model: Any) -> bool:
    """Whether a model keeps nothing but keys and values, so that its rows can come and go."""
    kinds = {DynamicLayer, DynamicSlidingWindowLayer}
    placed = "position_ids" in signature(model.forward).parameters  # others count places by their mask
    return (
        placed
        and not getattr(model, "_is_stateful", False)
        and all(type(layer) in kinds for layer in DynamicCache(config=model.config).layers)
    )
