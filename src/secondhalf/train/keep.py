"""Keeping what the student knew: plain text beside the pairs, and a pull back to the untouched student.

Nothing here knows instructions: each lever trades gain for forgetting, and the report shows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from secondhalf.models.weights.packing import Example, hidden_states
from secondhalf.models.weights.pull import Pull
from secondhalf.settings import Settings

if TYPE_CHECKING:
    import torch


class KeepSettings(Settings):
    """What holds the student near to what it was. All off: nothing does."""

    text: float = Field(0.0, ge=0, le=1)
    """Share of the pairs, by a hash of their id, whose whole document is trained on as plain text beside them: rehearsal
    (arXiv 2205.12393), as InstructGPT mixed its pretraining text in (arXiv 2203.02155, PPO-ptx)."""

    kl: float = Field(0.0, ge=0)
    """Weight of the Kullback-Leibler divergence from the untouched student, in nats at every supervised token, beside the loss:
    learning without forgetting (arXiv 1606.09282). It reads every batch once more, without the adapter."""

    kl_over: Literal["vocabulary", "others"] = "vocabulary"
    """vocabulary: of the whole distribution. others: of that over all tokens but the right one, so that nothing holds the right
    one back (the non-target part of arXiv 2203.08679)."""


def pull_of(model: torch.nn.Module, batch: Sequence[Example], settings: KeepSettings) -> Pull | None:
    """The pull on a batch; None where the recipe has none."""
    import torch

    if not settings.kl:
        return None
    training = model.training
    model.eval()  # without dropout, which the untouched student does not answer with
    with torch.no_grad(), model.disable_adapter():
        states, _, _ = hidden_states(model, batch)
    model.train(training)
    return Pull(states, settings.kl, settings.kl_over)
