"""Limits on figures: a trial that does not surely keep them cannot win.

A limit is kept when the whole 95 % interval lies within it: of `forgotten_en<0.1` the upper end counts, of `stops>0.5` the
lower one. It is passed when the whole interval lies beyond it.
"""

import re
from dataclasses import dataclass
from typing import Literal

from secondhalf.errors import UserError

_LIMIT = re.compile(r"([A-Za-z_][\w.]*)\s*([<>])\s*([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")


@dataclass(frozen=True)
class Measure:
    """One figure of a trial and its 95 % interval, in the figure's own units; cost has none, so both ends are its value."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Limit:
    """FIGURE<VALUE or FIGURE>VALUE."""

    figure: str
    sign: Literal["<", ">"]
    value: float

    def __str__(self) -> str:
        return f"{self.figure}{self.sign}{self.value:g}"

    def excess(self, measure: Measure) -> float:
        """By how much the interval's worse end lies beyond the limit; below 0 where the limit is kept."""
        return measure.high - self.value if self.sign == "<" else self.value - measure.low

    def kept(self, measure: Measure) -> bool:
        """Whether the whole interval lies within."""
        return self.excess(measure) < 0

    def passed(self, measure: Measure) -> bool:
        """Whether the whole interval lies beyond: more training seeds are not going to mend it."""
        return measure.low >= self.value if self.sign == "<" else measure.high <= self.value


def read_limits(options: list[str]) -> list[Limit]:
    """The limits of `--limit` options. Raises UserError for what is none."""
    limits = []
    for option in options:
        match = _LIMIT.fullmatch(option.strip())
        if not match:
            raise UserError(
                f"--limit {option}: write FIGURE<VALUE or FIGURE>VALUE in quotes, such as 'forgotten_en<0.1'."
            )
        limits.append(Limit(match[1], "<" if match[2] == "<" else ">", float(match[3])))
    return limits
