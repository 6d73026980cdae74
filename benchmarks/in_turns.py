"""Two sides in turn, A B A B, and how many times faster one is: what else the machine does meets both alike.

A round's ratio is theirs over ours. Reported are the median over rounds and a 95 % interval from the t distribution of the
rounds' logarithms: so a bar holds where the interval's lower end reaches it, and one lucky round cannot reach it alone.
"""

import math
import statistics
from collections.abc import Callable

from scipy.stats import t


def in_turns(rounds: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[list[float], list[float]]:
    """The seconds of each round of ours and of theirs (anything of which less is better)."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def ratio_of(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """`ratio`, `ratio_low` and `ratio_high` of seconds a round, in their order; a single round has no interval."""
    logs = [math.log(other / one) for one, other in zip(ours, theirs, strict=True)]
    figures = {"ratio": math.exp(statistics.median(logs))}
    if len(logs) > 1:
        mean, error = statistics.fmean(logs), statistics.stdev(logs) / math.sqrt(len(logs))
        reach = float(t.ppf(0.975, len(logs) - 1)) * error
        figures |= {"ratio_low": math.exp(mean - reach), "ratio_high": math.exp(mean + reach)}
    return {name: round(value, 3) for name, value in figures.items()}
