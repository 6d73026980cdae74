"""How many tokens a student can take in: positions past its context have no meaning for it, or no place at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secondhalf.models.weights.packing import unwrapped

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel


def max_context(model: PreTrainedModel) -> int | None:
    """The student's context in tokens; None where its config sets no limit."""
    return context_of(unwrapped(model).config)


def context_of(config: PretrainedConfig) -> int | None:
    """The same by the model's configuration alone."""
    length = getattr(config.get_text_config(), "max_position_embeddings", None)
    return length if isinstance(length, int) and length > 0 else None


def cap_to_context(model: PreTrainedModel, length: int) -> int:
    """`length` tokens, or as many as the context has."""
    limit = max_context(model)
    return length if limit is None else min(length, limit)
