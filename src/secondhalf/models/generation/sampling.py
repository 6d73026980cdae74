"""Draws each row's next token with a generator of its own, so that an answer does not depend on who shares its batch."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

from secondhalf.models.request import Sampling

if TYPE_CHECKING:
    import torch

_COLD = 1e-5  # a temperature below which the likeliest token is drawn: logits divided by it may pass what a float holds
_HEAD = 1024  # tokens among which the nucleus nearly always lies; else the whole vocabulary is sorted


class Sampler:
    """Draws for some rows, each with its own generator and sampling.

    Temperature 0, or one next to it, is the likeliest token; else the nucleus of mass `top_p` of the tempered distribution, and
    in it the token that one number of the row's generator falls on.
    """

    def __init__(
        self, generators: Sequence[Random], sampling: Sequence[Sampling], device: torch.device | str = "cpu"
    ) -> None:
        import torch

        self._generators = generators
        greedy = [settings.temperature < _COLD for settings in sampling]
        temperatures = [1.0 if cold else settings.temperature for cold, settings in zip(greedy, sampling, strict=True)]
        self._all_greedy = all(greedy)
        self._whole_vocabulary = all(
            cold or settings.top_p == 1 for cold, settings in zip(greedy, sampling, strict=True)
        )
        self._greedy = torch.tensor(greedy, device=device)
        self._temperature = torch.tensor(temperatures, device=device)[:, None]
        self._top_p = torch.tensor([settings.top_p for settings in sampling], device=device)[:, None]

    def __call__(self, logits: torch.Tensor) -> torch.Tensor:
        """The tokens [rows] that were drawn from logits [rows, vocabulary]."""
        import torch

        likeliest = logits.max(-1).indices  # argmax is five times slower in bf16
        if self._all_greedy:
            return likeliest
        uniforms = torch.tensor([generator.random() for generator in self._generators], device=logits.device)[:, None]
        logits = logits.float() / self._temperature
        sampled = (
            self._from_vocabulary(logits, uniforms) if self._whole_vocabulary else self._from_nucleus(logits, uniforms)
        )
        return torch.where(self._greedy, likeliest, sampled)

    def as_logits_processor(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """As a logits processor for a greedy `generate`: 0 for the drawn token, minus infinity elsewhere."""
        import torch

        return torch.full_like(scores, -torch.inf).scatter_(-1, self(scores)[:, None], 0.0)

    def _from_vocabulary(self, logits: torch.Tensor, uniforms: torch.Tensor) -> torch.Tensor:
        import torch

        # In float64: the last of 262k sums in float32 may miss 1 by more than a rare token's share.
        mass = logits.softmax(-1).cumsum(-1, dtype=torch.float64)
        index = torch.searchsorted(mass, uniforms * mass[:, -1:], right=True)
        return index.squeeze(-1).clamp(max=logits.shape[-1] - 1)

    def _from_nucleus(self, logits: torch.Tensor, uniforms: torch.Tensor) -> torch.Tensor:
        import torch

        total = logits.logsumexp(-1, keepdim=True)
        values, tokens = logits.topk(min(_HEAD, logits.shape[-1]))
        mass = (values - total).exp().cumsum(-1)
        if bool((mass[:, -1:] < self._top_p).any()):
            values, tokens = logits.sort(descending=True)
            mass = (values - total).exp().cumsum(-1)
        # The nucleus ends with the token that reaches top_p. A sum that falls short by rounding ends with the last.
        last = (mass < self._top_p).sum(-1, keepdim=True).clamp(max=mass.shape[-1] - 1)
        index = torch.minimum((mass <= uniforms * mass.gather(-1, last)).sum(-1, keepdim=True), last)
        return tokens.gather(-1, index).squeeze(-1)
