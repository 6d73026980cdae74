"""How the time of a call grows with its text, measured so that a busy machine does not matter.

The processor's time of this thread counts, not the clock's; the least of several runs; and only a call that takes
`NOTICEABLE` at all is measured further. Linear work grows fourfold from a size to four times it, quadratic sixteenfold.
"""

import gc
import time
from collections.abc import Callable

NOTICEABLE = 0.006
"""Seconds at four times the size: a call below it costs nobody anything, and is too short to measure."""
SLOW = 0.05
"""Seconds at a fraction of the size from which on growth is measured there."""
WORST = 8.0
"""How often longer four times the text may take: halfway between linear (4) and quadratic (16), on a logarithmic scale."""


def seconds(call: Callable[[str], object], text: str) -> float:
    """The processor's seconds that `call(text)` takes, with the garbage collector at rest."""
    gc.disable()
    try:
        start = time.thread_time()
        call(text)
        return time.thread_time() - start
    finally:
        gc.enable()


def growth(call: Callable[[str], object], make: Callable[[int], str], size: int, tries: int = 3) -> float:
    """How often longer `4 * size` takes than `size`: the least of several tries; 0 where nothing is noticeable.

    Both halves of the way count, the one with the smaller growth twice: a jump between two sizes (a cache, a limit) is no
    growth. Where a far smaller text is slow already, growth is measured there, and on while it takes less than a second: what is
    slow from the start may soon reach a limit.
    """
    measured = _affordable(call, make, size)
    found = _growth_at(call, make, measured, tries)
    while found > WORST and measured < size and seconds(call, make(16 * measured)) < 1:
        measured *= 4
        found = _growth_at(call, make, measured, tries)
    return found


def _growth_at(call: Callable[[str], object], make: Callable[[int], str], size: int, tries: int) -> float:
    texts = [make(size), make(2 * size), make(4 * size)]
    first = seconds(call, texts[2])
    if first < NOTICEABLE:
        return 0.0
    least = float("inf")
    for turn in range(tries):
        runs = 3 if turn else 2
        small, middle = (max(min(seconds(call, text) for _ in range(runs)), 1e-7) for text in texts[:2])
        # The first time of the largest is had already. Where it was slowed down, growth seems larger, and the next turn says.
        large = min(seconds(call, texts[2]) for _ in range(runs)) if turn else first
        least = min(least, (middle / small) ** 2, (large / middle) ** 2)
        if least <= WORST:
            break
    return least


def _affordable(call: Callable[[str], object], make: Callable[[int], str], size: int) -> int:
    """The size, or the first a quarter or a sixteenth of it at which four times that is slow already."""
    for smaller in (size // 64, size // 16, size // 4):
        if seconds(call, make(4 * smaller)) > SLOW:
            return smaller
    return size
