"""Writes answers row by row: one that has ended leaves its batch, and another takes its place.

A batch that waits for its longest answer spends most of its steps on rows that have long ended (continuous batching:
Orca, OSDI 2022). Rows are aligned at their ends and padded on the left; the tokens are those of transformers' `generate`,
but for the rounding of another batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch

from secondhalf.models.generation.batch import SequenceBatch, SequenceState
from secondhalf.models.generation.decode_attention import one_token_attention
from secondhalf.models.generation.kv_cache import rows_are_separable
from secondhalf.models.generation.sampling import Sampler
from secondhalf.models.weights.adapters import assign_rows
from secondhalf.models.weights.packing import unwrapped

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_SHARE = 8  # a batch is put together anew when one row in so many has ended: that copies its cache

NextRows = Callable[[int, bool], list[SequenceState]]
"""The next rows, at most so many. With True (no row is in work) it waits for the first; an empty list is then the end."""


def decode(
    model: PreTrainedModel,
    next_rows: NextRows,
    is_finished: Callable[[list[int]], bool],
    *,
    max_rows: int,
    pad: int,
    on_tokens: Callable[[int], object] = lambda tokens: None,
) -> Iterator[SequenceState]:
    """Each row when it has ended: when `is_finished` is true of its tokens, of which the last is new, or when none more may come.

    `max_rows`: rows in work at once; `pad`: a token to fill up shorter prompts with; `on_tokens` is told after each step how many
    tokens it wrote. A row with an `on_token` of its own ends as well when that says so.
    """
    if not rows_are_separable(unwrapped(model)):
        for row in _decode_whole_batches(model, next_rows, is_finished, max_rows, pad):
            on_tokens(len(row.generated))
            yield row
        return
    with one_token_attention(unwrapped(model)):
        batch = SequenceBatch(model, pad)
        while True:
            active = sum(not row.finished for row in batch.rows)
            ended, free = len(batch.rows) - active, max_rows - active
            new = next_rows(free, active == 0) if free * _SHARE >= max_rows else []
            if not active and not new:
                return
            rows = batch.renew(new) if new or ended * _SHARE >= len(batch.rows) else batch.step()
            on_tokens(len(rows))
            for row in rows:
                over = _has_ended(row, row.generated, is_finished)
                row.finished = over or len(row.generated) == row.sampling.max_tokens
                if row.finished:
                    yield row


def _decode_whole_batches(
    model: PreTrainedModel, next_rows: NextRows, is_finished: Callable[[list[int]], bool], max_rows: int, pad: int
) -> Iterator[SequenceState]:
    """The same by transformers' `generate`, batch by batch: for models that keep a state which no row can leave."""
    from transformers import StoppingCriteriaList

    while rows := next_rows(max_rows, True):
        longest = max(len(row.context) for row in rows)
        before = [longest - len(row.context) for row in rows]
        assign_rows(model, [row.adapter for row in rows])
        out = model.generate(
            input_ids=torch.tensor(
                [[pad] * n + row.context for n, row in zip(before, rows, strict=True)], device=model.device
            ),
            attention_mask=torch.tensor([[0] * n + [1] * (longest - n) for n in before], device=model.device),
            max_new_tokens=max(row.sampling.max_tokens - len(row.generated) for row in rows),
            do_sample=False,
            logits_processor=[
                Sampler(
                    [row.generator for row in rows], [row.sampling for row in rows], model.device
                ).as_logits_processor
            ],
            stopping_criteria=StoppingCriteriaList([_stop_when(is_finished, longest)]),
            pad_token_id=pad,
        )
        for row, tokens in zip(rows, out[:, longest:].tolist(), strict=True):
            earlier = row.generated
            most = min(len(tokens), row.sampling.max_tokens - len(earlier))
            ends = (n for n in range(1, most + 1) if _has_ended(row, earlier + tokens[:n], is_finished))
            row.generated = earlier + tokens[: next(ends, most)]
            row.finished = True
            yield row


def _has_ended(row: SequenceState, tokens: list[int], is_finished: Callable[[list[int]], bool]) -> bool:
    """Whether a row is over at these tokens. Its own `on_token` hears of each of them once, in order."""
    heard = row.on_token is not None and row.on_token(tokens)
    return is_finished(tokens) or heard


def _stop_when(is_finished: Callable[[list[int]], bool], start: int) -> Callable[..., Any]:
    return lambda ids, *_, **__: torch.tensor([is_finished(row[start:]) for row in ids.tolist()], device=ids.device)
