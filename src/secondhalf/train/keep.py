"""Keeping what the student knew: plain text beside the pairs, a pull back to the untouched student, and tokens left out.

Nothing here knows instructions: each lever trades gain for forgetting, and the report shows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from secondhalf.models.chat.loss_mask import IGNORED
from secondhalf.models.weights.packing import Example, hidden_states, logprobs, pack_indices
from secondhalf.models.weights.pull import Pull
from secondhalf.progress import Progress
from secondhalf.settings import Settings

if TYPE_CHECKING:
    import torch

    from secondhalf.train.dataset import TokenDataset


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
    with torch.no_grad(), model.disable_adapter():
        states, _, _ = hidden_states(model, batch)
    return Pull(states, settings.kl, settings.kl_over)


class WithoutSurprises(Sequence[Example]):
    """Examples without labels on tokens that the untouched student finds less likely than a limit."""

    def __init__(self, examples: TokenDataset, model: torch.nn.Module, limit: float, budget: int, label: str) -> None:
        """`limit` in nats, `budget`: tokens read at once. Reads all examples once."""
        self._examples, self._skipped = examples, _surprising(examples, model, limit, budget, label)
        self.lengths = examples.lengths
        self.skipped = sum(len(places) for places in self._skipped)

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> Example:  # type: ignore[override]
        """Tokens and labels of one example."""
        tokens, labels = self._examples[index]
        for place in self._skipped[index]:
            labels[place] = IGNORED
        return tokens, labels


def _surprising(
    examples: Sequence[Example], model: torch.nn.Module, limit: float, budget: int, label: str
) -> list[list[int]]:
    """For each example the positions of labels that surprise the model by more than `limit` nats."""
    import torch

    skipped: list[list[int]] = [[] for _ in range(len(examples))]
    lengths = [len(tokens) for tokens, _ in examples]
    with torch.inference_mode(), Progress(f"{label}, surprises", len(lengths), "pairs") as progress:
        for indices in pack_indices(lengths, budget):
            batch = [examples[index] for index in indices]
            states, labels, _ = hidden_states(model, batch)
            scores = iter(logprobs(model, states, labels).tolist())
            for index, (_, own) in zip(indices, batch, strict=True):
                supervised = [place for place in range(1, len(own)) if own[place] != IGNORED]
                skipped[index] = [place for place in supervised if -next(scores) > limit]
            progress.advance(len(indices))
    return skipped
