"""A pull back to another model, added to the cross-entropy at every label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Pull:
    """What pulls a batch back: the untouched student's hidden states [n, width] where there are labels."""

    states: torch.Tensor
    weight: float
    over: Literal["vocabulary", "others"]

    def add_gradient(self, gradient: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Adds the weight times the divergence's gradient by the tuned logits: tuned minus untouched probabilities.

        `gradient` [rows, vocabulary] holds that of the cross-entropy: tuned probabilities, less 1 at the label. `logits` are
        the untouched student's [rows, vocabulary] and are written over.
        """
        import torch

        rows = torch.arange(len(labels), device=labels.device)
        untouched = logits.softmax(1)
        if self.over == "vocabulary":
            right = gradient[rows, labels].clone()
            gradient.add_(gradient - untouched, alpha=self.weight)
            # The 1 at the label belongs to the cross-entropy alone.
            gradient[rows, labels] = right + self.weight * (right + 1 - untouched[rows, labels])
            return
        right = gradient[rows, labels].clone()
        tuned_rest = (-right).clamp(min=_LEAST)[:, None]
        untouched_rest = (1 - untouched[rows, labels]).clamp(min=_LEAST)[:, None]
        gradient.add_(gradient / tuned_rest - untouched / untouched_rest, alpha=self.weight)
        gradient[rows, labels] = right


_LEAST = 1e-6  # of a probability that something is divided by
