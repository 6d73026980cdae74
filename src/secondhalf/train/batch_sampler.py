"""Which pairs are trained on in which step, and at which rate: decided by the seed and the step's number alone."""

import math
import random
from collections.abc import Sequence
from itertools import accumulate, pairwise, product

from secondhalf.models.weights.packing import packs
from secondhalf.train.settings import TrainSettings


def sample_batches(
    lengths: Sequence[int], settings: TrainSettings, seed: int, phases: Sequence[int] = ()
) -> list[list[list[int]]]:
    """Steps of batches of examples, by index: every epoch shuffled anew, neighbours packed together.

    `lengths` are the examples' tokens, `phases` the sizes of consecutive parts that are trained one after the other, each
    for all its epochs.
    """
    steps: list[list[list[int]]] = []
    bounds = list(accumulate(phases or [len(lengths)], initial=0))
    for (start, stop), epoch in product(pairwise(bounds), range(settings.epochs)):
        order = list(range(start, stop))
        random.Random(f"{seed}-{epoch}").shuffle(order)
        for step in packs([lengths[i] for i in order], settings.tokens_per_step):
            mine = [order[i] for i in step]
            batches = packs([lengths[i] for i in mine], settings.tokens_per_batch)
            steps.append([[mine[i] for i in batch] for batch in batches])
    return steps


def learning_rate_at(step: int, steps: int, settings: TrainSettings) -> float:
    """The learning rate of a step: a linear warm-up, then a cosine to a tenth, or constant."""
    warm = max(1, round(settings.warmup * steps))
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    if settings.schedule == "constant":
        return settings.learning_rate
    share = (step - warm) / max(1, steps - warm)
    return settings.learning_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))
