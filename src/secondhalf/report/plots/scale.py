"""A linear scale with ticks at round numbers. Knows nothing of SVG; always finite, also for no values or equal ones."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high`, laid out over 0 to 100."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int

    def at(self, value: float) -> float:
        """Where a value lies, 0 to 100; beyond the ends it stays at the end."""
        return min(100.0, max(0.0, 100 * (value - self.low) / (self.high - self.low)))


def fit_scale(values: Iterable[float], *, pad: float = 0.06, most: int = 5) -> Scale:
    """A scale that holds all values with a margin of `pad` of their span at both ends, and at most `most` ticks."""
    known = list(values) or [0.0]
    low, high = min(known), max(known)
    # Equal values still need a span, and one that a float can tell from them.
    least = max(1e-9, 1e-9 * max(abs(low), abs(high)))
    if high - low < least:
        # Zeros alone get a scale of ones: a tick at a billionth would say nothing.
        middle, half = (low + high) / 2, max(least, abs(low) / 10) if low or high else 1.0
        low, high = middle - half, middle + half
    margin = (high - low) * pad
    low, high = low - margin, high + margin
    step = _step((high - low) / most)
    first, last = math.ceil(low / step), math.floor(high / step)
    ticks = tuple(index * step for index in range(first, last + 1))
    return Scale(low, high, ticks, max(0, -math.floor(math.log10(step) + 1e-9)))


def _step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is no smaller than `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
