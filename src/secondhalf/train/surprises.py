"""Tokens that surprise the untouched student, left out of the loss: what it could not have said itself makes it forget.

Low-perplexity token learning (arXiv 2501.14315), with a limit in nats where the paper has one in perplexity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.chat.loss_mask import IGNORED
from secondhalf.models.weights.packing import Example, hidden_states, logprobs, pack_indices
from secondhalf.progress import Progress

if TYPE_CHECKING:
    import torch

    from secondhalf.train.dataset import TokenDataset


class WithoutSurprises(Sequence[Example]):
    """Examples without labels on response tokens that the untouched student finds less likely than a limit.

    Plain text beside the pairs keeps all of its labels.
    """

    def __init__(self, examples: TokenDataset, model: torch.nn.Module, limit: float, budget: int, label: str) -> None:
        """`limit` in nats, `budget`: tokens read at once. Reads all pairs once.

        Raises UserError when nothing would be left to learn from.
        """
        self._examples, self._skipped = examples, _surprising(examples, model, limit, budget, label)
        self.lengths = examples.lengths
        self.skipped = sum(len(places) for places in self._skipped)
        if self.skipped == examples.supervised_tokens:
            raise UserError(
                f"{label}: every response token surprises the student by more than {limit} nats, so there is nothing to learn "
                "from: raise train.skip_surprising."
            )

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> Example:  # type: ignore[override]
        """Tokens and labels of one example."""
        tokens, labels = self._examples[index]
        for place in self._skipped[index]:
            labels[place] = IGNORED
        return tokens, labels


def _surprising(
    examples: TokenDataset, model: torch.nn.Module, limit: float, budget: int, label: str
) -> list[list[int]]:
    """For each example the positions of labels that surprise the model by more than `limit` nats."""
    import torch

    skipped: list[list[int]] = [[] for _ in range(len(examples))]
    pairs = [index for index, plain in enumerate(examples.plain) if not plain]
    with torch.inference_mode(), Progress(f"{label}, surprises", len(pairs), "pairs") as progress:
        for pack in pack_indices([int(examples.lengths[index]) for index in pairs], budget):
            indices = [pairs[place] for place in pack]
            batch = [examples[index] for index in indices]
            states, labels, _ = hidden_states(model, batch)
            scores = iter(logprobs(model, states, labels).tolist())
            for index, (_, own) in zip(indices, batch, strict=True):
                supervised = [place for place in range(1, len(own)) if own[place] != IGNORED]
                skipped[index] = [place for place in supervised if -next(scores) > limit]
            progress.advance(len(indices))
    return skipped
