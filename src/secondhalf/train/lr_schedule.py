"""The learning rate of every step, a function of its number alone: what a run that was killed goes on with."""

import math

from secondhalf.train.settings import TrainSettings


def learning_rate_at(step: int, steps: int, settings: TrainSettings) -> float:
    """The learning rate of a step, from 0: a linear warm-up, then a cosine to a tenth of the peak, or constant."""
    warmup_steps = max(1, round(settings.warmup * steps))
    if step < warmup_steps:
        return settings.learning_rate * (step + 1) / warmup_steps
    if settings.schedule == "constant":
        return settings.learning_rate
    progress = (step - warmup_steps) / max(1, steps - warmup_steps)
    return settings.learning_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress)))


def linear_with_warmup(step: int, steps: int, warmup: float) -> float:
    """A step's share of the peak rate: a linear rise over `warmup` of the steps, then a linear fall to 0 after the last."""
    warmup_steps = max(1, round(warmup * steps))
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return (steps - step) / max(1, steps - warmup_steps)
