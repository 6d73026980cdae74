"""The rows in work together: reads the prompts of new ones, and writes a token for each in turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from random import Random
from typing import Any

import torch

from secondhalf.models.generation.kv_cache import close_gaps, empty_cache, join_rows, repeat_row
from secondhalf.models.generation.sampling import Sampler
from secondhalf.models.request import Sampling
from secondhalf.models.weights.adapters import assign_rows
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.packing import unwrapped

_READ = 8  # prompts are read so many at a time, those of like length together: more at once are no faster on a CPU
_SHARED = 8  # tokens that all prompts must begin with at least to be read once for all
_MULTIPLE = 8  # of a prompt's width: a CPU's matrix kernels are compiled anew for every new shape


@dataclass(slots=True, eq=False)
class SequenceState:
    """A prompt and the answer that is being written to it."""

    ids: list[int]
    sampling: Sampling
    draw: Random
    owner: Any = None
    """Whatever the caller knows it by."""
    adapter: str = ""
    """Its name, where the model has several."""
    written: list[int] = field(default_factory=list)
    over: bool = False


class SequenceBatch:
    """The rows, and what the model keeps of them."""

    def __init__(self, model: Any, pad: int) -> None:
        self._model, self._pad, self._device = model, pad, unwrapped(model).device
        self._furthest = (max_context(unwrapped(model)) or 1 << 30) - 1
        config = unwrapped(model).config.get_text_config()
        windows = ("sliding_window", "attention_chunk_size")
        self._window = min(getattr(config, name, None) or 1 << 30 for name in windows)
        self._cache = empty_cache()
        self.rows: list[SequenceState] = []
        # Tokens of each row in the cache, and the one that was written last and is not in it yet.
        self._lengths = self._last = self._long([])

    def step(self) -> list[SequenceState]:
        """One more token for each row. One that is over is written on, into nothing, until the batch is renewed."""
        held = self._cache.get_seq_length()
        mask = (torch.arange(held + 1, device=self._device) >= held - self._lengths[:, None]).long()
        places = self._lengths.clamp(max=self._furthest)
        logits = self._forward(self.rows, self._last[:, None], mask, places[:, None], self._cache)
        self._lengths = self._lengths + 1
        self._last = self._draw(logits)
        return _noted(self.rows, self._last)

    def renew(self, new: Sequence[SequenceState]) -> list[SequenceState]:
        """Rows that are over go, new ones come, with their first token."""
        stay = [number for number, row in enumerate(self.rows) if not row.over]
        keep, new = self._long(stay), sorted(new, key=lambda row: (row.adapter, len(row.ids)))
        groups = [list(rows) for _, rows in groupby(new, key=lambda row: row.adapter)]
        read = [self._read(rows[place : place + _READ]) for rows in groups for place in range(0, len(rows), _READ)]
        longest = max(self._lengths[keep].tolist() + [len(row.ids) for row in new])
        caches = [self._cache] * bool(stay) + [cache for cache, _ in read]
        self._cache = caches[0]
        join_rows(self._cache, keep if stay else slice(None), caches[1:], longest)
        first = torch.cat([tokens for _, tokens in read] or [self._long([])])
        self.rows = [*(self.rows[number] for number in stay), *new]
        self._lengths = torch.cat([self._lengths[keep], self._long([len(row.ids) for row in new])])
        self._last = torch.cat([self._last[keep], first])
        self._draw = Sampler([row.draw for row in self.rows], [row.sampling for row in self.rows], self._device)
        return _noted(new, first)

    def _read(self, new: Sequence[SequenceState]) -> tuple[Any, Any]:
        """What the model keeps of the prompts of new rows, all of one adapter, and their first tokens. What all begin with
        is read once."""
        start = self._shared([row.ids for row in new])
        cache = empty_cache()
        longest = max(len(row.ids) for row in new) - start
        width = longest + -longest % _MULTIPLE
        if start:
            places = torch.arange(start, device=self._device)[None]
            self._forward(new[:1], self._long([new[0].ids[:start]]), torch.ones_like(places), places, cache)
            repeat_row(cache, len(new), width)
        gaps = self._long([start + width - len(row.ids) for row in new])
        ids = self._long([[self._pad] * (start + width - len(row.ids)) + row.ids[start:] for row in new])
        inside = torch.arange(width, device=self._device) - gaps[:, None]
        mask = torch.cat([torch.ones(len(new), start, device=self._device), inside >= 0], 1).long()
        logits = self._forward(new, ids, mask, start + inside.clamp(min=0), cache)
        if start:
            close_gaps(cache, start, gaps)
        draw = Sampler([row.draw for row in new], [row.sampling for row in new], self._device)
        return cache, draw(logits)

    def _shared(self, prompts: list[list[int]]) -> int:
        """Tokens that all begin with, as far as reading them apart saves time. A window counts places with the gap."""
        longest = max(map(len, prompts))
        most = min(map(len, prompts)) - 1
        same = next((place for place in range(most) if len({ids[place] for ids in prompts}) > 1), most)
        return same if len(prompts) > 1 and same >= _SHARED and longest + _MULTIPLE <= self._window else 0

    def _forward(self, rows: Sequence[SequenceState], ids: Any, mask: Any, places: Any, cache: Any) -> Any:
        """Logits [rows, vocabulary] behind each row's last token."""
        assign_rows(self._model, [row.adapter for row in rows])
        out = self._model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=places,
            cache=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        return out.logits[:, -1]

    def _long(self, numbers: list[Any]) -> Any:
        return torch.tensor(numbers, dtype=torch.long, device=self._device)


def _noted(rows: Sequence[SequenceState], tokens: Any) -> list[SequenceState]:
    """The rows that are not over, with their new tokens."""
    found = []
    for row, token in zip(rows, tokens.tolist(), strict=True):
        if not row.over:
            row.written.append(token)
            found.append(row)
    return found
