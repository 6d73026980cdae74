"""Sides in turn, A B A B, and how many times faster one is: what else the machine does meets all alike.

Reported are the median of the rounds' ratios and a 95 % interval from the t distribution of their logarithms: so a bar holds
where the interval's lower end reaches it, and one lucky round cannot reach it alone.
"""

import math
import statistics
from collections.abc import Callable

from scipy.stats import t


def in_turns(rounds: int, **sides: Callable[[], float]) -> dict[str, list[float]]:
    """What each side's runs gave, round after round."""
    runs: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            runs[name].append(side())
    return runs


def ratio_of(above: list[float], below: list[float], name: str = "ratio") -> dict[str, float]:
    """How many times `below` the runs `above` are, round by round: theirs above ours where they are seconds, ours above theirs
    where they are speeds. NAME is the median; NAME_low and NAME_high, its interval, are left out for a single round."""
    logs = [math.log(one / other) for one, other in zip(above, below, strict=True)]
    figures = {name: math.exp(statistics.median(logs))}
    if len(logs) > 1:
        mean, error = statistics.fmean(logs), statistics.stdev(logs) / math.sqrt(len(logs))
        reach = float(t.ppf(0.975, len(logs) - 1)) * error
        figures |= {f"{name}_low": math.exp(mean - reach), f"{name}_high": math.exp(mean + reach)}
    return {key: round(value, 3) for key, value in figures.items()}


def fastest(runs: dict[str, list[float]], sides: list[str]) -> str:
    """The side whose median is highest: the peer's best setting among those that ran, where runs are speeds."""
    return max(sides, key=lambda side: statistics.median(runs[side]))


def rounded(runs: dict[str, list[float]], digits: int = 0) -> dict[str, list[float]]:
    """Every run, short enough to read."""
    return {
        name: [round(value, digits) if digits else round(value) for value in values] for name, values in runs.items()
    }
