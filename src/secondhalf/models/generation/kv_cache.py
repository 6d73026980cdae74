"""Keys and values of rows that come and go: aligned at their ends, so that all rows are written at one place.

Room for new tokens is kept free behind them: transformers' own cache copies all of itself for every token.
"""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

import torch
from transformers import Cache
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ROOM = 64  # tokens that fit in before a layer is copied to a larger place
# The same after rows have come or gone: they often do so again before it is full, and room is multiplied too.
_FIRST = 16


class RoomyLayer(DynamicLayer):  # type: ignore[misc]  # transformers has no types
    """One layer's keys and values: the first tokens of two places [rows, heads, tokens with room, width]."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._buffers: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Writes the new tokens behind the others. Returns the buffers with their room, which causality masks: a part of
        a buffer would be no contiguous matrix, and three times slower to multiply."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = key_states, value_states
            return key_states, value_states
        held = self.keys.shape[-2]
        needed = held + key_states.shape[-2]
        if not self._buffers or needed > self._buffers[0].shape[-2]:
            self.hold([(self.keys, self.values)], held, self._size(needed) - held)
        for buffer, new in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, held:needed] = new
        self.keys, self.values = (buffer[:, :, :needed] for buffer in self._buffers)
        return self._buffers[0], self._buffers[1]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Tokens that `update` will return when it is given so many more, and the number of the first."""
        held = self.get_seq_length()
        return (self._size(held + query_length) if held else query_length), 0

    def _size(self, needed: int) -> int:
        have = self._buffers[0].shape[-2] if self._buffers else 0
        return have if needed <= have else needed + ROOM

    def hold(self, groups: Sequence[tuple[torch.Tensor, torch.Tensor]], tokens: int, room: int = _FIRST) -> None:
        """From here on the rows of these groups (keys, values), each with its last `tokens` tokens."""
        self._buffers = [_stack_rows(parts, tokens, room) for parts in zip(*groups, strict=True)]
        self.keys, self.values = (buffer[:, :, :tokens] for buffer in self._buffers)


def _stack_rows(parts: Sequence[torch.Tensor], tokens: int, room: int) -> torch.Tensor:
    """Groups of rows in one tensor, aligned at their ends."""
    _, heads, _, width = parts[0].shape
    # In front of a shorter row stand zeros: a weight of zero times whatever the memory held could be no number.
    buffer = parts[0].new_zeros((sum(map(len, parts)), heads, tokens + room, width))
    row = 0
    for part in parts:
        held = min(tokens, part.shape[-2])
        buffer[row : row + len(part), :, tokens - held : tokens] = part[:, :, part.shape[-2] - held :]
        row += len(part)
    return buffer


def empty_cache() -> Cache:
    """A cache without rows."""
    return Cache(layer_class_to_replicate=RoomyLayer)


def join_rows(cache: Cache, keep: torch.Tensor | slice, others: Sequence[Cache], tokens: int) -> None:
    """Leaves the rows `keep` (an index) and puts the others' behind them, each row with its last `tokens` tokens."""
    for number, layer in enumerate(cache.layers):
        groups = [(layer.keys[keep], layer.values[keep])]
        groups += [(other.layers[number].keys, other.layers[number].values) for other in others]
        layer.hold(groups, tokens)


def repeat_row(cache: Cache, rows: int, room: int) -> None:
    """Of one row so many, each with room for exactly so many more tokens."""
    for layer in cache.layers:
        layer.hold(
            [(layer.keys.expand(rows, -1, -1, -1), layer.values.expand(rows, -1, -1, -1))], layer.keys.shape[-2], room
        )


def close_gaps(cache: Cache, start: int, gaps: torch.Tensor) -> None:
    """Each row's first `start` tokens go behind the gap [rows] that follows them, so that a row is whole at its end."""
    for layer in cache.layers:
        tokens = torch.arange(layer.keys.shape[-2], device=gaps.device)
        source = torch.where(tokens < start + gaps[:, None], (tokens - gaps[:, None]).clamp(min=0), tokens)
        keys, values = (
            part.gather(2, source[:, None, :, None].expand_as(part)) for part in (layer.keys, layer.values)
        )  # which may be of different widths
        layer.hold([(keys, values)], len(tokens), 0)


def rows_are_separable(model: PreTrainedModel) -> bool:
    """Whether a model keeps nothing but keys and values, so that its rows can come and go."""
    kinds, config = {DynamicLayer, DynamicSlidingWindowLayer}, model.config.get_text_config()
    parameters = signature(model.forward).parameters
    # Others count places by their mask (no position_ids), or by the width of the cache (ALiBi; GPT-Neo's local layers).
    counts = getattr(config, "alibi", False) or "local" in (getattr(config, "attention_layers", None) or ())
    return (
        {"position_ids", "cache"} <= set(parameters)
        and not counts
        and not getattr(model, "_is_stateful", False)
        and all(type(layer) in kinds for layer in DynamicCache(config=model.config).layers)
    )
