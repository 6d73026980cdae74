"""The rows in work together: reads the prompts of new ones, and writes a token for each in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING, Any

import torch

from secondhalf.models.generation.kv_cache import close_gaps, empty_cache, join_rows, repeat_row
from secondhalf.models.generation.sampling import Sampler
from secondhalf.models.request import Sampling
from secondhalf.models.weights.adapters import assign_rows
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.packing import unwrapped

if TYPE_CHECKING:
    from transformers import Cache, PreTrainedModel

_READ = 8  # prompts are read so many at a time, those of like length together: more at once are no faster on a CPU
_SHARED = 8  # tokens that all prompts must begin with at least to be read once for all
_MULTIPLE = 8  # of a prompt's width: a CPU's matrix kernels are compiled anew for every new shape


@dataclass(slots=True, eq=False)
class SequenceState:
    """A prompt and the answer that is being written to it."""

    ids: list[int]
    sampling: Sampling
    generator: Random
    handle: Any = None
    """What the caller knows the request by: its index, or the future of its reply."""
    adapter: str = ""
    """Its name, where the model has several."""
    generated: list[int] = field(default_factory=list)
    """May hold tokens from the start on: the answer goes on behind them."""
    finished: bool = False
    on_token: Callable[[list[int]], bool] | None = None
    """Hears the answer's tokens after each new one; True ends the answer."""

    @property
    def context(self) -> list[int]:
        """What is read before the next token is written."""
        return self.ids + self.generated


class SequenceBatch:
    """The rows, and what the model keeps of them."""

    def __init__(self, model: PreTrainedModel, pad: int) -> None:
        self._model, self._pad, self._device = model, pad, unwrapped(model).device
        self._last_position = (max_context(unwrapped(model)) or 1 << 30) - 1
        config = unwrapped(model).config.get_text_config()
        windows = ("sliding_window", "attention_chunk_size")
        self._window = min(getattr(config, name, None) or 1 << 30 for name in windows)
        self._cache = empty_cache()
        self.rows: list[SequenceState] = []
        # Tokens of each row in the cache, and the one that was written last and is not in it yet.
        self._lengths = self._last = self._integers([])

    def step(self) -> list[SequenceState]:
        """One more token for each row. One that is over is written on, into nothing, until the batch is renewed."""
        cached = self._cache.get_seq_length()
        attention_mask = (torch.arange(cached + 1, device=self._device) >= cached - self._lengths[:, None]).long()
        position_ids = self._lengths.clamp(max=self._last_position)
        logits = self._forward(self.rows, self._last[:, None], attention_mask, position_ids[:, None], self._cache)
        self._lengths = self._lengths + 1
        self._last = self._sampler(logits)
        return _append(self.rows, self._last)

    def renew(self, new: Sequence[SequenceState]) -> list[SequenceState]:
        """Rows that are over go, new ones come, with their first token."""
        remaining = [number for number, row in enumerate(self.rows) if not row.finished]
        keep, new = self._integers(remaining), sorted(new, key=lambda row: (row.adapter, len(row.context)))
        groups = [list(rows) for _, rows in groupby(new, key=lambda row: row.adapter)]
        prefilled = [
            self._prefill(rows[start : start + _READ]) for rows in groups for start in range(0, len(rows), _READ)
        ]
        longest = max(self._lengths[keep].tolist() + [len(row.context) for row in new])
        caches = [self._cache] * bool(remaining) + [cache for cache, _ in prefilled]
        self._cache = caches[0]
        join_rows(self._cache, keep if remaining else slice(None), caches[1:], longest)
        first = torch.cat([tokens for _, tokens in prefilled] or [self._integers([])])
        self.rows = [*(self.rows[number] for number in remaining), *new]
        self._lengths = torch.cat([self._lengths[keep], self._integers([len(row.context) for row in new])])
        self._last = torch.cat([self._last[keep], first])
        self._sampler = Sampler([row.generator for row in self.rows], [row.sampling for row in self.rows], self._device)
        return _append(new, first)

    def _prefill(self, new: Sequence[SequenceState]) -> tuple[Cache, torch.Tensor]:
        """What the model keeps of the prompts of new rows, all of one adapter, and their first tokens. What all begin with
        is read once."""
        start = self._shared_prefix([row.context for row in new])
        cache = empty_cache()
        longest = max(len(row.context) for row in new) - start
        width = longest + -longest % _MULTIPLE
        if start:
            position_ids = torch.arange(start, device=self._device)[None]
            self._forward(
                new[:1], self._integers([new[0].context[:start]]), torch.ones_like(position_ids), position_ids, cache
            )
            repeat_row(cache, len(new), width)
        gaps = self._integers([start + width - len(row.context) for row in new])
        ids = self._integers([[self._pad] * (start + width - len(row.context)) + row.context[start:] for row in new])
        inside = torch.arange(width, device=self._device) - gaps[:, None]
        attention_mask = torch.cat([torch.ones(len(new), start, device=self._device), inside >= 0], 1).long()
        logits = self._forward(new, ids, attention_mask, start + inside.clamp(min=0), cache)
        if start:
            close_gaps(cache, start, gaps)
        sampler = Sampler([row.generator for row in new], [row.sampling for row in new], self._device)
        return cache, sampler(logits)

    def _shared_prefix(self, prompts: list[list[int]]) -> int:
        """Tokens that all begin with, as far as reading them apart saves time. A window counts places with the gap."""
        longest = max(map(len, prompts))
        most = min(map(len, prompts)) - 1
        same = next((index for index in range(most) if len({ids[index] for ids in prompts}) > 1), most)
        return same if len(prompts) > 1 and same >= _SHARED and longest + _MULTIPLE <= self._window else 0

    def _forward(
        self,
        rows: Sequence[SequenceState],
        ids: torch.Tensor,
        attention_mask: torch.Tensor,
        position_ids: torch.Tensor,
        cache: Cache,
    ) -> torch.Tensor:
        """Logits [rows, vocabulary] behind each row's last token."""
        assign_rows(self._model, [row.adapter for row in rows])
        out = self._model(
            input_ids=ids,
            attention_mask=attention_mask,
            position_ids=position_ids,
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return out.logits[:, -1]

    def _integers(self, numbers: list[Any]) -> torch.Tensor:
        return torch.tensor(numbers, dtype=torch.long, device=self._device)


def _append(rows: Sequence[SequenceState], tokens: torch.Tensor) -> list[SequenceState]:
    """The rows that are not over, with their new tokens."""
    unfinished = []
    for row, token in zip(rows, tokens.tolist(), strict=True):
        if not row.finished:
            row.generated.append(token)
            unfinished.append(row)
    return unfinished
