"""Draws each row's next token with a generator of its own, so that a reply does not depend on who shares its batch."""

import random
from collections.abc import Sequence
from typing import Any

from secondhalf.models.request import Sampling

_HEAD = 1024  # tokens among which the nucleus nearly always lies; else the whole vocabulary is sorted


class Draw:
    """A logits processor for a greedy `generate`: leaves each row the one token that was drawn for it.

    `seeds` and `sampling` are the rows'. Temperature 0 is the likeliest token; else the nucleus of mass `top_p` of the
    tempered distribution, and in it the token that one number of the row's generator falls on.
    """

    def __init__(self, seeds: Sequence[int], sampling: Sequence[Sampling]) -> None:
        import torch

        self._draws = [random.Random(seed) for seed in seeds]
        self._greedy = torch.tensor([each.temperature == 0 for each in sampling])
        self._heat = torch.tensor([each.temperature or 1.0 for each in sampling])[:, None]
        self._top_p = torch.tensor([each.top_p for each in sampling])[:, None]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Scores [rows, vocabulary]: 0 for the drawn token, minus infinity elsewhere."""
        import torch

        device = scores.device
        logits = scores.float() / self._heat.to(device)
        total = logits.logsumexp(-1, keepdim=True)
        top_p = self._top_p.to(device)
        width = min(_HEAD, logits.shape[-1])
        values, tokens = logits.topk(width)
        mass = (values - total).exp().cumsum(-1)
        if bool((mass[:, -1:] < top_p).any()):
            values, tokens = logits.sort(descending=True)
            mass = (values - total).exp().cumsum(-1)
        # The nucleus ends with the token that reaches top_p. A sum that falls short by rounding ends with the last.
        last = (mass < top_p).sum(-1, keepdim=True).clamp(max=mass.shape[-1] - 1)
        dice = torch.tensor([draw.random() for draw in self._draws], device=device)[:, None] * mass.gather(-1, last)
        place = torch.minimum((mass <= dice).sum(-1, keepdim=True), last)
        place = place.masked_fill(self._greedy.to(device)[:, None], 0)
        return torch.full_like(scores, -torch.inf).scatter_(-1, tokens.gather(-1, place), 0.0)
