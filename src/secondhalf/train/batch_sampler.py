"""Which pairs are trained on in which optimizer step: decided by the seed and the step's number alone."""

import random
from collections.abc import Sequence
from itertools import accumulate, pairwise, product

from secondhalf.models.weights.packing import pack_indices
from secondhalf.train.settings import TrainSettings


def sample_batches(
    lengths: Sequence[int], settings: TrainSettings, seed: int, phases: Sequence[int] = ()
) -> list[list[list[int]]]:
    """Optimizer steps, each a list of batches (gradient accumulation), each a list of indices of examples packed together.

    Every epoch is shuffled anew. `lengths` [examples] are in tokens, `phases` the sizes of consecutive parts that are
    trained one after the other, each for all its epochs. A step has `tokens_per_step` tokens at most and a batch
    `tokens_per_batch`; an example that is longer goes alone.
    """
    steps: list[list[list[int]]] = []
    bounds = list(accumulate(phases or [len(lengths)], initial=0))
    for (start, stop), epoch in product(pairwise(bounds), range(settings.epochs)):
        order = list(range(start, stop))
        random.Random(f"{seed}-{epoch}").shuffle(order)
        for step in pack_indices([lengths[i] for i in order], settings.tokens_per_step):
            indices = [order[i] for i in step]
            batches = pack_indices([lengths[i] for i in indices], settings.tokens_per_batch)
            steps.append([[indices[i] for i in batch] for batch in batches])
    return steps
