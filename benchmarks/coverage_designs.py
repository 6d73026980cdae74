"""The designs of `coverage.py`: what is drawn, the interval that secondhalf.statistics makes of it, and the truth.

A design is a function from a generator to an Experiment. Scores are drawn as a prompt's own, a training seed's own and what a
seed does to a single prompt; how much of it is a seed's is that of our own runs (coverage.py).
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from secondhalf.statistics import (
    compare,
    compare_distance,
    compare_groups,
    compare_independent,
    estimate,
    selection_effect,
)
from secondhalf.statistics.agreement import kappa, odds_per_doubling
from secondhalf.statistics.bradley_terry import Battle, win_rates
from secondhalf.statistics.length_controlled import length_controlled_rate
from secondhalf.statistics.selection import wilson

PROMPTS = 88  # of a locked part of our runs
RESAMPLES = 1000
WITHIN = 0.25  # what seeds do to single prompts, over what prompts do, of a mean's variance


class Experiment(NamedTuple):
    """One simulated experiment: the interval, the truth, and whether a difference was called one."""

    low: float
    high: float
    truth: float
    claimed: bool = False


Design = Callable[[np.random.Generator], Experiment]


def _scores(rng: np.random.Generator, seeds: int, share: float, prompts: int = PROMPTS) -> np.ndarray:
    """Scores [seeds, prompts] of mean 0; with three seeds, `share` of the mean's variance is the choice of seeds."""
    by_seed = np.sqrt(3 * share / (1 - share) * (1 + WITHIN) / prompts) if share else 0.0
    own = rng.normal(0, by_seed, (seeds, 1)) + rng.normal(0, np.sqrt(3 * WITHIN), (seeds, prompts))
    return rng.normal(0, 1, prompts) + own


def _mean(rng: np.random.Generator, seeds: int, share: float) -> Experiment:
    result = estimate(_scores(rng, seeds, share), resamples=RESAMPLES)
    return Experiment(result.low, result.high, 0.0)


def _share(rng: np.random.Generator, rate: float, seeds: int) -> Experiment:
    result = estimate((rng.random((seeds, PROMPTS)) < rate).astype(float), resamples=RESAMPLES)
    return Experiment(result.low, result.high, rate)


def _arms(rng: np.random.Generator, seeds: tuple[int, int], share: float) -> Experiment:
    """Two arms of one mean; 0 seeds: a model that is not trained."""
    same = rng.normal(0, 2, PROMPTS)  # what makes a prompt easy for both
    scores = [same + _scores(rng, max(count, 1), share if count else 0.0) / np.sqrt(2) for count in seeds]
    result = compare(*scores, training_seeds=seeds, resamples=RESAMPLES)
    return Experiment(result.low, result.high, 0.0, not result.noise)


def _groups(rng: np.random.Generator) -> Experiment:
    """Three seeds against three in four groups of 22 prompts: the first group's interval, and a claim in any."""
    ids = [str(number) for number in range(PROMPTS)]
    arms = [[dict(zip(ids, row, strict=True)) for row in _scores(rng, 3, 0.15)] for _ in range(2)]
    groups = {id: "abcd"[number % 4] for number, id in enumerate(ids)}
    by_group = compare_groups(*arms, groups, training_seeds=(3, 3), resamples=RESAMPLES).by_group
    return Experiment(by_group["a"].low, by_group["a"].high, 0.0, any(not one.noise for one in by_group.values()))


def _distance(rng: np.random.Generator, one: float, other: float) -> Experiment:
    a, b = ((rng.random(200) < rate).astype(float) for rate in (one, other))
    result = compare_distance(a, b, resamples=RESAMPLES)
    return Experiment(result.low, result.high, abs(one - 0.5) - abs(other - 0.5), not result.noise)


def _rows(rng: np.random.Generator, seeds: int, share: float) -> Experiment:
    result = compare_independent(_scores(rng, seeds, share, 80), _scores(rng, seeds, share, 56), resamples=99)
    return Experiment(result.low, result.high, 0.0, not result.noise)


def _row_shares(rng: np.random.Generator, a: float, b: float) -> Experiment:
    drawn = ((rng.random(count) < rate).astype(float) for count, rate in ((80, a), (56, b)))
    result = compare_independent(*drawn, shares=True, resamples=99)
    return Experiment(result.low, result.high, a - b, not result.noise)


def _selection(rng: np.random.Generator, kept: float, refused: float) -> Experiment:
    kept_with, refused_with = int(rng.binomial(300, kept)), int(rng.binomial(200, refused))
    result = selection_effect(kept_with, 300, kept_with + refused_with, 500)
    return Experiment(result.low, result.high, (kept - refused) * 200 / 500, result.p < 0.05)


def _wilson(rng: np.random.Generator, rate: float) -> Experiment:
    return Experiment(*wilson(int(rng.binomial(PROMPTS, rate)), PROMPTS), rate)


def _kappa(rng: np.random.Generator) -> Experiment:
    """Two judges that agree on 80 items in 100 beyond chance."""
    first, chance = rng.integers(0, 3, 100), rng.integers(0, 3, 100)
    result = kappa(first.tolist(), np.where(rng.random(100) < 0.7, first, chance).tolist(), resamples=RESAMPLES)
    return Experiment(result.low, result.high, 0.7)


def _length(rng: np.random.Generator) -> Experiment:
    lengths = [(float(a), float(b)) for a, b in rng.integers(50, 800, (300, 2))]
    pull = np.log(1.3) * np.array([np.log2((a + 1) / (b + 1)) for a, b in lengths])
    won = (rng.random(300) < 1 / (1 + np.exp(-0.4 - pull))).astype(float)
    result = odds_per_doubling(won.tolist(), lengths, resamples=300)
    return Experiment(result.low, result.high, 1.3)


def _battles(rng: np.random.Generator, styled: bool) -> Experiment:
    """150 questions of two games each; a question is hard or easy in both."""
    chance = rng.beta(3, 2, 150)
    counts = rng.integers(50, 400, (150, 2))
    battles = [
        Battle(str(number), "arm", "baseline", float(rng.random() < rate), style=((float(a),), (float(b),)))
        for number, (rate, (a, b)) in enumerate(zip(chance, counts, strict=True))
        for _ in range(2)
    ]
    rates = {one.model: one for one in win_rates(battles, "baseline", styled=styled, rounds=200)}
    return Experiment(rates["arm"].low, rates["arm"].high, 0.6)


def _controlled(rng: np.random.Generator) -> Experiment:
    """200 instructions; the longer answer wins more often."""
    longer = rng.normal(200, 400, 200)
    strength, pull = 0.3, 0.8
    won = (rng.random(200) < 1 / (1 + np.exp(-strength - pull * np.tanh(longer / 400)))).astype(float)
    result = length_controlled_rate(won.tolist(), longer.tolist(), [str(n) for n in range(200)], resamples=200)
    return Experiment(result.low, result.high, 1 / (1 + np.exp(-strength)))


def designs(seed_shares: dict[str, float]) -> dict[str, Design]:
    """Every interval, by a name that says what is drawn. `seed_shares`: figure of our runs -> share of the variance."""
    designs: dict[str, Design] = {
        "mean, 1 row": partial(_mean, seeds=1, share=0.0),
        "share 0.30, 1 row": partial(_share, rate=0.3, seeds=1),
        "share 0.03, 1 row": partial(_share, rate=0.03, seeds=1),
        "share 0.03, 3 seeds": partial(_share, rate=0.03, seeds=3),
        "untrained against untrained": partial(_arms, seeds=(0, 0), share=0.0),
        "groups, 3 seeds against 3": _groups,
    }
    for figure, share in seed_shares.items():
        designs[f"mean as {figure}, 3 seeds"] = partial(_mean, seeds=3, share=share)
        for seeds in ((3, 3), (5, 5), (3, 0), (5, 3), (2, 2), (3, 1), (1, 1)):
            designs[f"arms as {figure}, {seeds[0]} seeds against {seeds[1]}"] = partial(_arms, seeds=seeds, share=share)
        designs[f"rows as {figure}, 3 seeds"] = partial(_rows, seeds=3, share=share)
    return designs | {
        "distance from fair, 0.6 and 0.6": partial(_distance, one=0.6, other=0.6),
        "distance from fair, 0.8 and 0.7": partial(_distance, one=0.8, other=0.7),
        "distance from fair, 0.5 and 0.5": partial(_distance, one=0.5, other=0.5),
        "rows, 1 seed": partial(_rows, seeds=1, share=0.0),
        "shares of rows, 0.30 and 0.20": partial(_row_shares, a=0.3, b=0.2),
        "shares of rows, 0.05 and 0.05": partial(_row_shares, a=0.05, b=0.05),
        "selection, 0.30 and 0.20": partial(_selection, kept=0.3, refused=0.2),
        "selection, 0.05 and 0.05": partial(_selection, kept=0.05, refused=0.05),
        "wilson, 0.30": partial(_wilson, rate=0.3),
        "wilson, 0.05": partial(_wilson, rate=0.05),
        "kappa": _kappa,
        "odds per doubling": _length,
        "win rate": partial(_battles, styled=False),
        "win rate, style set aside": partial(_battles, styled=True),
        "win rate, length set aside": _controlled,
    }
